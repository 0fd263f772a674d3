import Tensors

/// The product of an activation of `gate` with `x`, element by element: the middle of a gated feed-forward network.
///
///     y = f(gate) * x        dgate = dy * x * f'(gate)        dx = dy * f(gate)
///
/// Saves `gate` and `x`.
/// Shazeer, 2020, <https://arxiv.org/abs/2002.05202>.
///
/// - Parameters:
///   - gate: `[rows, columns]`
///   - x: `[rows, columns]`
/// - Returns: `[rows, columns]`
public func gatedActivation(_ f: Activation, gate: Variable, _ x: Variable) -> Variable {
    let (gateSlot, xSlot) = (gate.slot, x.slot)
    if case .bfloat16(let gateValue) = gate.stored, case .bfloat16(let xValue) = x.stored {
        return Variable(.bfloat16(Kernels.gate(f, gateValue, xValue)), fromSlots: [gateSlot, xSlot]) { dy in
            let gradients = Kernels.gateBackward(f, gate: gateValue, xValue, dy)
            gateSlot.add(gradients.gate)
            xSlot.add(gradients.x)
        }
    }
    let (gateValue, xValue) = (gate.value, x.value)
    return Variable(Kernels.gate(f, gateValue, xValue), from: [gate, x]) { dy in
        let gradients = Kernels.gateBackward(f, gate: gateValue, xValue, dy)
        gateSlot.add(gradients.gate)
        xSlot.add(gradients.x)
    }
}
