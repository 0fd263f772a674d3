import Tensors

extension Variable {
    /// The sum of two variables of one shape: `y = a + b`, `da = db = dy`. Saves nothing.
    ///
    /// It is written over the value of `a` where nobody else can read that.
    public static func + (a: consuming Variable, b: Variable) -> Variable {
        let (aSlot, bSlot) = (a.slot, b.slot)
        let sum: Tensor
        if case .bfloat16(let halves) = a.stored {
            sum = Kernels.widen(halves, addend: b.value)
        } else {
            sum = Kernels.add(Variable.taken(a), b.value)
        }
        return Variable(.float32(sum), fromSlots: [aSlot, bSlot]) { dy in
            aSlot.add(copy dy)
            bSlot.add(dy)
        }
    }

    /// The product, element by element, of two variables of one shape: `y = a b`, `da = dy b`, `db = dy a`.
    ///
    /// Saves for each the other one, where its gradient is wanted.
    public static func * (a: Variable, b: Variable) -> Variable {
        let (aSlot, bSlot) = (a.slot, b.slot)
        let (aValue, bValue) = (b.requiresGradient ? a.value : nil, a.requiresGradient ? b.value : nil)
        return Variable(Kernels.multiply(a.value, b.value), from: [a, b]) { dy in
            if let bValue { aSlot.add(Kernels.multiply(copy dy, bValue)) }
            if let aValue { bSlot.add(Kernels.multiply(dy, aValue)) }
        }
    }

    /// This times a constant: `y = factor x`, `dx = factor dy`. Saves nothing.
    public func scaled(by factor: Float) -> Variable {
        let slot = slot
        return Variable(Kernels.scale(value, by: factor), from: [self]) { dy in
            slot.add(Kernels.scale(dy, by: factor))
        }
    }
}

/// Each column times its factor.
///
///     y = x * factors        dx = dy * factors        dfactors = sum over rows of dy * x
///
/// Saves `x` where the factors are trained.
///
/// - Parameters:
///   - x: `[rows, columns]`
///   - factors: as many as there are columns, in any shape.
/// - Returns: `[rows, columns]`
public func scaleColumns(_ x: Variable, by factors: Variable) -> Variable {
    let (xSlot, factorSlot, values, shape) = (x.slot, factors.slot, factors.value, factors.shape)
    let input = factors.requiresGradient ? x.value : nil
    return Variable(Kernels.scaleColumns(x.value, by: factors.value), from: [x, factors]) { dy in
        if let input { factorSlot.add(Kernels.columnSums(dy, times: input).reshaped(shape)) }
        if xSlot.isWanted { xSlot.add(Kernels.scaleColumns(dy, by: values)) }
    }
}

/// An activation of every element.
///
///     y = f(x)        dx = dy * f'(x)
///
/// Saves `x`.
public func activation(_ f: Activation, _ x: Variable) -> Variable {
    if f == .identity { return x }
    let (slot, input) = (x.slot, x.value)
    return Variable(Kernels.activate(f, x.value), from: [x]) { dy in
        slot.add(Kernels.activationBackward(f, pre: input, dy))
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
    let dropped: Tensor
    if case .bfloat16(let halves) = x.stored {
        dropped = Kernels.widen(halves, dropout: mask)
    } else {
        dropped = Kernels.dropout(x.value, mask)
    }
    return Variable(dropped, from: [x]) { dy in
        slot.add(Kernels.dropout(dy, mask))
    }
}
