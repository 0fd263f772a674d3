import Tensors

/// A low-rank map of each row, added to what another map made of the row.
///
///     y = base + scale · dropout(x) downᵀ upᵀ
///
/// Backward, with `d = scale · dy up`:
///
///     dbase = dy        ddown = dᵀ dropout(x)        dup = dyᵀ (scale · dropout(x) downᵀ)        dx = dropout(d down)
///
/// The result is written over the base's value where nobody else can read that, and is in bfloat16 where the base is. Saves `x` and the narrow rows; the dropout's mask
/// is made again.
///
/// - Parameters:
///   - x: `[rows, inputs]`
///   - down: `[rank, inputs]`
///   - up: `[outputs, rank]`
///   - base: `[rows, outputs]`
/// - Returns: `[rows, outputs]`
public func lowRank(
    _ x: Variable, down: Variable, up: Variable, scale: Float, dropout: DropoutMask?, addedTo base: consuming Variable
) -> Variable {
    let (xSlot, downSlot, upSlot, baseSlot) = (x.slot, down.slot, up.slot, base.slot)
    let (input, a, b) = (x.value, down.value, up.value)
    let y: StoredTensor
    let narrow: Tensor
    if case .bfloat16(let halves) = base.stored {
        let made = Kernels.lowRank(input, down: a, up: b, scale: scale, dropout: dropout, addedTo: halves)
        (y, narrow) = (.bfloat16(made.output), made.narrow)
    } else {
        let made = Kernels.lowRank(
            input, down: a, up: b, scale: scale, dropout: dropout, addedTo: Variable.taken(base))
        (y, narrow) = (.float32(made.output), made.narrow)
    }
    return Variable(y, fromSlots: [xSlot, downSlot, upSlot, baseSlot]) { dy in
        var gradients: (down: Tensor, up: Tensor)?
        func run(_ sum: inout Tensor?, wantsInput: Bool) -> Tensor? {
            let made = Kernels.lowRankBackward(
                dy, x: input, narrow: narrow, down: a, up: b, scale: scale, dropout: dropout, addingTo: sum.take(),
                wantsInput: wantsInput)
            gradients = (made.down, made.up)
            return made.input
        }
        // Consumed, so that nobody else holds the sum and the product adds in place.
        xSlot.accumulate { (sum: consuming Tensor?) in run(&sum, wantsInput: true) ?? .zeros(input.shape) }
        var none: Tensor?
        if gradients == nil { _ = run(&none, wantsInput: false) }
        if let gradients {
            downSlot.add(gradients.down)
            upSlot.add(gradients.up)
        }
        baseSlot.add(dy)
    }
}
