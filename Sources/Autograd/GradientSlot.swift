import Tensors

/// Where the gradient of one variable is gathered until the operator that made the variable takes it.
///
/// The record of a computation links slots, not variables, so an operator's result lives only as long as somebody reads it.
public final class GradientSlot {
    /// Whether a trained parameter lies below; otherwise nothing is ever computed for this slot.
    public let isWanted: Bool
    let shape: Shape
    var sum: Tensor?
    /// The gradient as it came in bfloat16, while it is the only one.
    private var halves: BFloat16Tensor?
    package var origin: Origin?
    /// Of a result that was traced, not recorded: the slots from outside that its gradient would reach, in the order of reading.
    let traced: [GradientSlot]
    /// Of such a result: whether the operator that made it reads gradients in bfloat16.
    let isTracedInHalves: Bool

    /// The operator that made the variable: the slots it sends gradients to, and how.
    package struct Origin {
        let inputs: [GradientSlot]
        let backward: (consuming Tensor) -> Void
        /// The same for a gradient in bfloat16, where the operator reads such.
        let halfBackward: ((BFloat16Tensor) -> Void)?
    }

    init(_ shape: Shape, isWanted: Bool) {
        self.shape = shape
        self.isWanted = isWanted
        traced = []
        isTracedInHalves = false
    }

    /// The slot of a result that is traced.
    init(_ shape: Shape, tracing inputs: [GradientSlot], inHalves: Bool) {
        self.shape = shape
        isWanted = false
        isTracedInHalves = inHalves
        var seen: Set<ObjectIdentifier> = []
        traced = inputs.flatMap { $0.isWanted ? [$0] : $0.traced }.filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    /// Adds to the gradient, if it is wanted; otherwise `make` is not called.
    ///
    /// `make` receives the sum so far, or nil, and returns the new sum, so that a product can add to it in place.
    public func accumulate(_ make: (consuming Tensor?) -> Tensor) {
        guard isWanted else { return }
        widen()
        let total = make(sum.take())
        precondition(total.count == shape.count, "gradient of \(total.shape) for \(shape)")
        sum = total
    }

    /// Adds `gradient`, if it is wanted.
    public func add(_ gradient: consuming Tensor) {
        guard isWanted else { return }
        precondition(gradient.count == shape.count, "gradient of \(gradient.shape) for \(shape)")
        widen()
        if let earlier = sum.take() { sum = Kernels.add(earlier, gradient) } else { sum = gradient }
    }

    /// Whether a gradient in bfloat16 would be read as it is: the operator that made the variable does so, and nothing is there to add to.
    var takesHalves: Bool { isWanted && origin?.halfBackward != nil && sum == nil && halves == nil }

    /// Adds `gradient`, if it is wanted; rounded as it is where `takesHalves`.
    func add(_ gradient: BFloat16Tensor) {
        guard takesHalves else { return add(gradient.float32) }
        precondition(gradient.count == shape.count, "gradient of \(gradient.shape) for \(shape)")
        halves = gradient
    }

    /// Adds `gradient`, if it is wanted.
    func add(_ gradient: StoredTensor) {
        switch gradient {
        case .float32(let floats): add(floats)
        case .bfloat16(let halves): add(halves)
        }
    }

    private func widen() {
        if let earlier = halves.take() { sum = earlier.float32 }
    }

    /// Sends the gradient of this slot's variable to all that it was computed from, and takes the record apart on the way.
    ///
    /// - Parameter outside: slots that gather what reaches them, and pass nothing on.
    func propagate(_ gradient: consuming StoredTensor, outside: Set<ObjectIdentifier> = []) {
        guard origin != nil else { return }
        var order = topologicalOrder(outside: outside)
        add(gradient)
        while let slot = order.popLast() {
            guard let origin = slot.origin.take() else { continue }
            if let halves = slot.halves.take(), let backward = origin.halfBackward {
                backward(halves)
                continue
            }
            guard let gradient = slot.sum.take() else { continue }
            // Given away: an operator writes its result over a gradient that nobody else holds.
            origin.backward(consume gradient)
        }
    }

    /// Operators' slots before those that use their results; this one is last. Leaves are left out, and what lies behind `outside`.
    private func topologicalOrder(outside: Set<ObjectIdentifier>) -> [GradientSlot] {
        var order: [GradientSlot] = []
        var seen = outside.union([ObjectIdentifier(self)])
        var stack: [(slot: GradientSlot, next: Int)] = [(self, 0)]
        while let (slot, next) = stack.last {
            let inputs = slot.origin?.inputs ?? []
            if next < inputs.count {
                stack[stack.count - 1].next += 1
                let input = inputs[next]
                if input.origin != nil && seen.insert(ObjectIdentifier(input)).inserted { stack.append((input, 0)) }
            } else {
                order.append(slot)
                stack.removeLast()
            }
        }
        return order
    }
}
