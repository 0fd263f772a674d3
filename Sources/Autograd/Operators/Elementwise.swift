import Tensors

extension Variable {
    /// The sum of two variables of one shape: `y = a + b`, `da = db = dy`. Saves nothing.
    public static func + (a: Variable, b: Variable) -> Variable {
        let (aSlot, bSlot) = (a.slot, b.slot)
        return Variable(Kernels.add(a.value, b.value), from: [a, b]) { dy in
            aSlot.add(copy dy)
            bSlot.add(dy)
        }
    }
}

/// Sets the elements that `mask` drops to zero and scales the others by `1 / (1 - rate)`.
///
///     y = x * mask        dx = dy * mask
///
/// Saves nothing: the mask is made again.
///
/// - Parameter x: `[rows, columns]`
/// - Returns: `[rows, columns]`; `x` itself without a mask.
public func dropout(_ x: Variable, _ mask: DropoutMask?) -> Variable {
    guard let mask else { return x }
    let slot = x.slot
    return Variable(Kernels.dropout(x.value, mask), from: [x]) { dy in
        slot.add(Kernels.dropout(dy, mask))
    }
}
