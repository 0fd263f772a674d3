import Tensors

/// Turns the halves of each head by angles that depend on the row's position (rotary positions).
///
///     y = (first cos - second sin, second cos + first sin)        dx = dy turned back
///
/// The result is written over the value of `x` where nobody else can read that. Saves nothing but the angles, which all layers share.
/// Su et al., 2021, <https://arxiv.org/abs/2104.09864>.
///
/// - Parameter x: `[rows, heads * headSize]`
/// - Returns: `[rows, heads * headSize]`
public func rotated(_ x: consuming Variable, by angles: RotaryAngles) -> Variable {
    let slot = x.slot
    return Variable(.float32(Kernels.rotate(Variable.taken(x), angles)), fromSlots: [slot]) { dy in
        slot.add(Kernels.rotate(dy, angles, isInverse: true))
    }
}
