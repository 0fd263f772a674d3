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
    let (loss, gradient) = Kernels.positionCrossEntropy(logits.value, offsets: offsets, targets: targets)
    let slot = logits.slot
    return Variable(Tensor([], [loss]), from: [logits]) { dy in
        slot.add(Kernels.scale(gradient, by: dy[0, 0]))
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
        x.value, weight: weight.value, bias: bias?.value, targets: targets, wantsInput: x.requiresGradient,
        wantsWeight: trainsMap)
    let (xSlot, weightSlot, biasSlot) = (x.slot, weight.slot, bias?.slot)
    return Variable(Tensor([], [loss]), from: [x, weight] + (bias.map { [$0] } ?? [])) { dy in
        let factor = dy[0, 0]
        if let dx { xSlot.add(Kernels.scale(dx, by: factor)) }
        if let dweight { weightSlot.add(Kernels.scale(dweight, by: factor)) }
        if let dbias { biasSlot?.add(Kernels.scale(dbias, by: factor)) }
    }
}
