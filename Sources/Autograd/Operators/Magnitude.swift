import Tensors

/// A linear map's output with the length of each output's weights replaced by a trained one.
///
///     s = magnitude / norm        y = s (x - bias) + bias
///
/// Backward:
///
///     dx = s dy        dmagnitude = sum over rows of dy (x - bias) / norm        dbias = sum over rows of (1 - s) dy
///
/// Saves `x`.
///
/// - Parameters:
///   - x: the map's output, bias included: `[rows, outputs]`
///   - bias: `[outputs]`
///   - magnitude: `[outputs]`
///   - norm: the length of each output's weights, taken as a constant: `[outputs]`
/// - Returns: `[rows, outputs]`
public func withMagnitude(_ x: Variable, bias: Variable?, magnitude: Variable, norm: Tensor) -> Variable {
    let shift = bias?.value.array ?? [Float](repeating: 0, count: norm.count)
    let scale = zip(magnitude.value.array, norm.array).map { $0 / $1 }
    let factors = Tensor(norm.shape, scale)
    let (input, xSlot, biasSlot, magnitudeSlot) = (x.value, x.slot, bias?.slot, magnitude.slot)
    let y = Kernels.scaleColumns(
        input, by: factors, adding: Tensor(norm.shape, zip(shift, scale).map { $0 * (1 - $1) }))
    return Variable(y, from: [x, magnitude] + (bias.map { [$0] } ?? [])) { dy in
        let sums = Kernels.columnSums(dy).array
        let products = Kernels.columnSums(dy, times: input).array
        let lengths = norm.array
        magnitudeSlot.add(
            Tensor(norm.shape, lengths.indices.map { (products[$0] - shift[$0] * sums[$0]) / lengths[$0] }))
        biasSlot?.add(Tensor(norm.shape, zip(sums, scale).map { $0 * (1 - $1) }))
        if xSlot.isWanted { xSlot.add(Kernels.scaleColumns(dy, by: factors)) }
    }
}
