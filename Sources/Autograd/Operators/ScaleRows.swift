import Tensors

/// Each row times its factor.
///
///     y = factors x        dx = factors dy        dfactors = sum over columns of dy x
///
/// Saves `x` where the factors are trained.
///
/// - Parameters:
///   - x: `[rows, columns]`
///   - factors: as many as there are rows, in any shape.
/// - Returns: `[rows, columns]`
public func scaleRows(_ x: Variable, by factors: Variable) -> Variable {
    let (xSlot, factorSlot, values, shape) = (x.slot, factors.slot, factors.value, factors.shape)
    let input = factors.requiresGradient ? x.value : nil
    return Variable(Kernels.scaleRows(x.value, by: factors.value), from: [x, factors]) { dy in
        if let input { factorSlot.add(Kernels.rowDots(dy, input).reshaped(shape)) }
        if xSlot.isWanted { xSlot.add(Kernels.scaleRows(dy, by: values)) }
    }
}
