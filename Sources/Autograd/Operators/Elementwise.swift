import Tensors

extension Variable {
    /// The sum of two variables of one shape: `y = a + b`, `da = db = dy`. Saves nothing.
    public static func + (a: Variable, b: Variable) -> Variable {
        Variable(Kernels.add(a.value, b.value), from: [a, b]) { dy, gradients in
            let dy = dy
            gradients.add(dy, to: a)
            gradients.add(dy, to: b)
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
    return Variable(Kernels.dropout(x.value, mask), from: [x]) { dy, gradients in
        gradients.add(Kernels.dropout(dy, mask), to: x)
    }
}
