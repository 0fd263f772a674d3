import Tensors

/// A tensor in a computation whose gradients may be wanted.
///
/// Calling an operator computes its value at once. What backward needs is recorded only when a trained parameter lies below:
/// otherwise the result is a constant and the operator's inputs are let go. A graph is used by one thread at a time.
public final class Variable {
    /// The value; only an optimizer or a loader assigns a new one, to a parameter.
    public var value: Tensor
    /// Whether a gradient reaches this variable.
    public let requiresGradient: Bool
    /// For a trained parameter, what `backward` has added up since it was last cleared; nil before the first.
    public var gradient: Tensor?
    var node: Node?

    /// How an operator's output sends its gradient on.
    struct Node {
        let inputs: [Variable]
        let backward: (consuming Tensor, Gradients) -> Void
    }

    /// A constant.
    public init(_ value: Tensor) {
        self.value = value
        requiresGradient = false
    }

    /// A parameter: a leaf that keeps its gradient when it is trained.
    public init(parameter value: Tensor, isTrained: Bool) {
        self.value = value
        requiresGradient = isTrained
    }

    /// The output of an operator.
    ///
    /// - Parameters:
    ///   - value: the result.
    ///   - inputs: the variables it was computed from; when none requires a gradient, the result is a constant.
    ///   - backward: takes the result's gradient, and hands each input its own by `Gradients.accumulate`.
    public init(
        _ value: Tensor, from inputs: [Variable], backward: @escaping (consuming Tensor, Gradients) -> Void
    ) {
        self.value = value
        requiresGradient = inputs.contains { $0.requiresGradient }
        if requiresGradient {
            node = Node(inputs: inputs.filter(\.requiresGradient), backward: backward)
        }
    }

    /// The shape of the value.
    public var shape: Shape { value.shape }
}

/// The gradients on their way back, each until the operator that made its variable takes it.
public final class Gradients {
    private var pending: [ObjectIdentifier: Tensor] = [:]

    /// Adds to the gradient of `variable`, if it requires one; otherwise `make` is not called.
    ///
    /// `make` receives the sum so far, or nil, and returns the new sum, so that a product can add to it in place.
    public func accumulate(_ variable: Variable, _ make: (consuming Tensor?) -> Tensor) {
        guard variable.requiresGradient else { return }
        put(make(take(variable)), variable)
    }

    /// Adds `gradient` to what `variable` has so far.
    public func add(_ gradient: consuming Tensor, to variable: Variable) {
        guard variable.requiresGradient else { return }
        let sum: Tensor
        if let earlier = take(variable) { sum = Kernels.add(earlier, gradient) } else { sum = gradient }
        put(sum, variable)
    }

    /// Removes what has been added up for `variable`, so that whoever adds to it is its only owner.
    func take(_ variable: Variable) -> Tensor? {
        variable.node == nil ? variable.gradient.take() : pending.removeValue(forKey: ObjectIdentifier(variable))
    }

    private func put(_ sum: consuming Tensor, _ variable: Variable) {
        precondition(sum.count == variable.value.count, "gradient of \(sum.shape) for \(variable.value.shape)")
        if variable.node == nil { variable.gradient = sum } else { pending[ObjectIdentifier(variable)] = sum }
    }
}

extension Variable {
    /// Adds to every trained parameter below this loss its gradient, times `factor`.
    ///
    /// The graph is taken apart on the way, so that each operator's saved tensors are free as soon as it has run; backward
    /// can run once.
    ///
    /// - Precondition: this is a single number.
    public func backward(factor: Float = 1) {
        precondition(value.count == 1, "backward from \(shape), not from a single number")
        let gradients = Gradients()
        guard node != nil else { return }
        var order = topologicalOrder()
        gradients.add(Tensor(shape, repeating: factor), to: self)
        while let variable = order.popLast() {
            guard let node = variable.node, let gradient = gradients.take(variable) else { continue }
            variable.node = nil
            node.backward(gradient, gradients)
        }
    }

    /// Operators before those that use their results; the loss is last.
    private func topologicalOrder() -> [Variable] {
        var order: [Variable] = []
        var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
        var stack: [(variable: Variable, next: Int)] = [(self, 0)]
        while let (variable, next) = stack.last {
            let inputs = variable.node?.inputs ?? []
            if next < inputs.count {
                stack[stack.count - 1].next += 1
                let input = inputs[next]
                if input.node != nil && seen.insert(ObjectIdentifier(input)).inserted { stack.append((input, 0)) }
            } else {
                order.append(variable)
                stack.removeLast()
            }
        }
        return order
    }
}
