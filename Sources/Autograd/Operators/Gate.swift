import Tensors

extension Variable {
    /// This times a single trained number.
    ///
    ///     y = gate * x        dx = gate * dy        dgate = sum of dy * x
    ///
    /// Saves `x` where the gate is trained.
    ///
    /// - Parameter gate: one element, in any shape.
    /// - Returns: of the shape of `x`.
    public func gated(by gate: Variable) -> Variable {
        precondition(gate.value.count == 1, "gated: a gate of \(gate.shape)")
        let (xSlot, gateSlot, gateShape) = (slot, gate.slot, gate.shape)
        let (factor, x) = (gate.value.array[0], gate.requiresGradient ? value : nil)
        return Variable(Kernels.scale(value, by: factor), from: [self, gate]) { dy in
            if let x {
                let sum = Kernels.rowDots(dy, x).array.reduce(0) { $0 + Double($1) }
                gateSlot.add(Tensor(gateShape, [Float(sum)]))
            }
            if xSlot.isWanted { xSlot.add(Kernels.scale(dy, by: factor)) }
        }
    }

    /// The same elements under another shape: `dx` is `dy` under the shape of `x`. Saves nothing.
    public func reshaped(_ shape: Shape) -> Variable {
        let (slot, before) = (slot, self.shape)
        return Variable(value.reshaped(shape), from: [self]) { dy in slot.add(dy.reshaped(before)) }
    }
}
