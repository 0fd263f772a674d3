import Tensors

/// Cross entropy of positions: for each sequence and each column of the logits, which of its tokens is meant?
///
///     loss = mean over sequences and columns of  logsumexp(x) - x[target]
///     dx   = (softmax(x) - onehot(target)) / (batch * columns)
///
/// With two columns, start and end, this is the loss of extractive question answering, (start + end) / 2.
/// Saves the gradient, which forward computes.
///
/// - Parameters:
///   - logits: `[tokens, columns]`
///   - offsets: first row of each sequence, and the total: `[batch + 1]`
///   - targets: per sequence one position for each column, counted from its first token.
/// - Returns: a single number.
public func positionCrossEntropy(_ logits: Variable, offsets: [Int], targets: [[Int]]) -> Variable {
    recorded(logits, Kernels.positionCrossEntropy(logits.value, offsets: offsets, targets: targets))
}

/// Cross entropy of one class for each row: `loss = mean over rows of logsumexp(x) - x[target]`.
///
/// Saves the gradient, which forward computes.
///
/// - Parameters:
///   - logits: `[rows, classes]`
///   - targets: `[rows]`, each in `0..<classes`; without any the loss is a constant 0.
/// - Returns: a single number.
public func categoryCrossEntropy(_ logits: Variable, targets: [Int32]) -> Variable {
    if targets.isEmpty { return Variable(Tensor([], [0])) }
    return recorded(logits, Kernels.categoryCrossEntropy(logits.value, targets: targets))
}

/// Cross entropy of independent flags: `loss = mean over elements of log(1 + eˣ) - t x`.
///
/// Saves the gradient, which forward computes.
///
/// - Parameters:
///   - logits: `[rows, classes]`
///   - targets: `[rows * classes]`, each from 0 to 1
/// - Returns: a single number.
public func flagCrossEntropy(_ logits: Variable, targets: [Float]) -> Variable {
    recorded(logits, Kernels.flagCrossEntropy(logits.value, targets: targets))
}

/// The mean square of the differences: `loss = mean over rows of (x - t)²`.
///
/// Saves the gradient, which forward computes.
///
/// - Parameters:
///   - values: `[rows, 1]`
///   - targets: `[rows]`
/// - Returns: a single number.
public func meanSquaredError(_ values: Variable, targets: [Float]) -> Variable {
    recorded(values, Kernels.meanSquaredError(values.value, targets: targets))
}

/// A loss whose gradient is known already.
private func recorded(_ x: Variable, _ result: (loss: Float, gradient: Tensor)) -> Variable {
    let slot = x.slot
    return Variable(Tensor([], [result.loss]), from: [x]) { dy in
        slot.add(Kernels.scale(result.gradient, by: dy[0, 0]))
    }
}

/// Cross entropy over a vocabulary without ever holding the logits of all rows.
///
///     loss = mean over rows of  logsumexp(x Wᵀ + bias) - (x Wᵀ + bias)[target]
///
/// Saves the gradients, which forward computes chunk by chunk while the logits are there.
///
/// - Parameters:
///   - x: `[rows, hidden]`
///   - weight: `[vocabulary, hidden]`
///   - bias: `[vocabulary]`
///   - targets: `[rows]`, each in `0..<vocabulary`
/// - Returns: a single number.
public func vocabularyCrossEntropy(_ x: Variable, weight: Variable, bias: Variable?, targets: [Int32]) -> Variable {
    let trainsMap = weight.requiresGradient || bias?.requiresGradient == true
    let (loss, dx, dweight, dbias) = Kernels.vocabularyCrossEntropy(
        x.value, weight: weight.value, packed: weight.packed, bias: bias?.value, targets: targets,
        wantsInput: x.requiresGradient, wantsWeight: trainsMap)
    let (xSlot, weightSlot, biasSlot) = (x.slot, weight.slot, bias?.slot)
    return Variable(Tensor([], [loss]), from: [x, weight] + (bias.map { [$0] } ?? [])) { dy in
        let factor = dy[0, 0]
        if let dx { xSlot.add(Kernels.scale(dx, by: factor)) }
        if let dweight { weightSlot.add(Kernels.scale(dweight, by: factor)) }
        if let dbias { biasSlot?.add(Kernels.scale(dbias, by: factor)) }
    }
}
