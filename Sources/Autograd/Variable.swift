import Tensors

/// A tensor in a computation whose gradients may be wanted.
///
/// Calling an operator computes its value at once. What backward needs is recorded only when a trained parameter lies below:
/// otherwise the result is a constant. The record never holds values that backward does not read (see `GradientSlot`). A
/// graph is used by one thread at a time.
public final class Variable {
    /// The value; only an optimizer or a loader assigns a new one, to a parameter.
    public var value: Tensor
    /// Where the gradient of this variable is gathered.
    public let slot: GradientSlot

    /// A constant.
    public init(_ value: Tensor) {
        self.value = value
        slot = GradientSlot(value.shape, isWanted: false)
    }

    /// A parameter: a leaf that keeps its gradient when it is trained.
    public init(parameter value: Tensor, isTrained: Bool) {
        self.value = value
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
        self.init(value, fromSlots: inputs.map(\.slot), backward: backward)
    }

    /// The output of an operator that has taken an input's value over (`taken`), by the slots of its inputs.
    init(_ value: Tensor, fromSlots inputs: [GradientSlot], backward: @escaping (consuming Tensor) -> Void) {
        self.value = value
        switch GradientRecording.mode {
        case .on:
            let wanted = inputs.filter(\.isWanted)
            slot = GradientSlot(value.shape, isWanted: !wanted.isEmpty)
            if !wanted.isEmpty { slot.origin = GradientSlot.Origin(inputs: wanted, backward: backward) }
        case .off: slot = GradientSlot(value.shape, isWanted: false)
        case .tracing: slot = GradientSlot(value.shape, tracing: inputs)
        }
    }

    /// A variable whose gradient is gathered in the slot of another of the same value.
    init(_ value: Tensor, slot: GradientSlot) {
        self.value = value
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
        variable.value = .zeros([0])
        return value
    }

    /// The shape of the value.
    public var shape: Shape { value.shape }
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
        slot.propagate(Tensor(shape, repeating: factor))
    }
}
