import Tensors

/// A tensor in a computation whose gradients may be wanted.
///
/// Calling an operator computes its value at once. What backward needs is recorded only when a trained parameter lies below:
/// otherwise the result is a constant. The record never holds values that backward does not read (see `GradientSlot`). A
/// graph is used by one thread at a time.
public final class Variable {
    /// The value in the precision that it was computed in.
    public private(set) var stored: StoredTensor {
        didSet { rounding = nil }
    }
    private var rounding: BFloat16Tensor?
    /// The value in bfloat16, rounded once for all operators that read it so.
    var rounded: BFloat16Tensor {
        if case .bfloat16(let halves) = stored { return halves }
        let made = rounding ?? BFloat16Tensor(value)
        rounding = made
        return made
    }
    /// The value as floats; only an optimizer or a loader assigns a new one, to a parameter.
    public var value: Tensor {
        get { stored.float32 }
        _modify {
            var tensor = stored.float32
            stored = .float32(Self.nothing)
            defer { stored = .float32(tensor) }
            yield &tensor
        }
        set { stored = .float32(newValue) }
    }
    /// A frozen matrix as products in bfloat16 read it; nil where they are in float32.
    public let packed: PackedMatrix?
    /// Where the gradient of this variable is gathered.
    public let slot: GradientSlot

    private static let nothing = Tensor.zeros([0])

    /// A constant.
    public init(_ value: Tensor) {
        stored = .float32(value)
        packed = nil
        slot = GradientSlot(value.shape, isWanted: false)
    }

    /// A parameter: a leaf that keeps its gradient when it is trained.
    ///
    /// - Parameter packed: the same matrix for products in bfloat16, of one that is frozen.
    public init(parameter value: Tensor, isTrained: Bool, packed: PackedMatrix? = nil) {
        precondition(packed == nil || !isTrained, "a trained parameter changes and cannot be packed")
        stored = .float32(value)
        self.packed = packed
        slot = GradientSlot(value.shape, isWanted: isTrained)
    }

    /// The output of an operator.
    ///
    /// - Parameters:
    ///   - value: the result.
    ///   - inputs: the variables it was computed from; when none requires a gradient, the result is a constant.
    ///   - backward: takes the result's gradient, and adds to the slots of the inputs. It captures slots and the tensors it
    ///     needs, never a variable, which would keep a value alive that nobody reads.
    public convenience init(_ value: Tensor, from inputs: [Variable], backward: @escaping (consuming Tensor) -> Void) {
        self.init(.float32(value), fromSlots: inputs.map(\.slot), backward: backward)
    }

    /// The output of an operator that has taken an input's value over (`taken`), by the slots of its inputs.
    ///
    /// - Parameter halfBackward: does what `backward` does with a gradient in bfloat16, where the operator reads such.
    init(
        _ value: StoredTensor, fromSlots inputs: [GradientSlot], halfBackward: ((BFloat16Tensor) -> Void)? = nil,
        backward: @escaping (consuming Tensor) -> Void
    ) {
        stored = value
        packed = nil
        switch GradientRecording.mode {
        case .on:
            let wanted = inputs.filter(\.isWanted)
            slot = GradientSlot(value.shape, isWanted: !wanted.isEmpty)
            if !wanted.isEmpty {
                slot.origin = GradientSlot.Origin(inputs: wanted, backward: backward, halfBackward: halfBackward)
            }
        case .off: slot = GradientSlot(value.shape, isWanted: false)
        case .tracing: slot = GradientSlot(value.shape, tracing: inputs, inHalves: halfBackward != nil)
        }
    }

    /// A variable whose gradient is gathered in the slot of another of the same value.
    init(_ value: StoredTensor, slot: GradientSlot) {
        stored = value
        packed = nil
        self.slot = slot
    }

    /// The value of a variable, for an operator to write its result over.
    ///
    /// When nobody else holds the variable its value is moved out, and its memory is free to be written unless an operator
    /// saved it for backward, which `Tensor` finds out by itself; otherwise the value stays and is copied when it is written.
    static func taken(_ variable: consuming Variable) -> Tensor {
        var variable = variable
        guard isKnownUniquelyReferenced(&variable) else { return variable.value }
        let value = variable.value
        variable.stored = .float32(nothing)
        return value
    }

    /// The shape of the value.
    public var shape: Shape { stored.shape }
    /// Whether an operator on this variable is recorded: a gradient reaches it, and recording is on.
    public var requiresGradient: Bool { slot.isWanted && GradientRecording.isOn }

    /// For a trained parameter, what `backward` has added up since it was last cleared; nil before the first.
    public var gradient: Tensor? {
        get { slot.sum }
        set { slot.sum = newValue }
    }

    /// Adds to every trained parameter below this loss its gradient, times `factor`.
    ///
    /// The graph is taken apart on the way, so that each operator's saved tensors are free as soon as it has run; backward
    /// can run once.
    ///
    /// - Precondition: this is a single number.
    public func backward(factor: Float = 1) {
        precondition(value.count == 1, "backward from \(shape), not from a single number")
        slot.propagate(.float32(Tensor(shape, repeating: factor)))
    }
}
