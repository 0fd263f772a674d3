import CKernels
import Synchronization

extension Kernels {
    /// Cross entropy of the next token over a vocabulary, in chunks of rows, so that the logits of all tokens never exist
    /// together.
    ///
    ///     loss = mean over rows of  logsumexp(h Wᵀ + bias) - (h Wᵀ + bias)[target]
    ///
    /// - Parameters:
    ///   - x: hidden states, `[rows, hidden]`
    ///   - weight: `[vocabulary, hidden]`
    ///   - packed: the same for products in bfloat16, of a frozen one.
    ///   - bias: `[vocabulary]`
    ///   - targets: `[rows]`, each in `0..<vocabulary`
    ///   - wantsInput, wantsWeight: which gradients to compute besides the loss.
    /// - Returns: the loss, and the wanted gradients, for a loss gradient of 1, with the shapes of their inputs.
    public static func vocabularyCrossEntropy(
        _ x: Tensor, weight: Tensor, packed: PackedMatrix? = nil, bias: Tensor?, targets: [Int32], wantsInput: Bool,
        wantsWeight: Bool
    ) -> (loss: Float, dx: Tensor?, dweight: Tensor?, dbias: Tensor?) {
        let (rows, vocabulary) = (x.shape.rows, weight.shape.rows)
        precondition(targets.count == rows && rows > 0, "vocabularyCrossEntropy: \(targets.count) targets")
        precondition(targets.allSatisfy { $0 >= 0 && $0 < vocabulary }, "vocabularyCrossEntropy: target out of range")
        let factor = 1 / Float(rows)
        var dx: [Tensor] = []
        var (dweight, dbias): (Tensor?, Tensor?) = (nil, nil)
        var loss = 0.0
        for start in stride(from: 0, to: rows, by: vocabularyChunk) {
            let range = start..<min(rows, start + vocabularyChunk)
            let logits = Kernels.logits(x.rows(range), weight: weight, packed: packed, bias: bias)
            // What only a packed weight multiplies is rounded where it is computed.
            let isHalf = packed != nil && wantsInput && !wantsWeight
            let halves = isHalf ? BFloat16Tensor(uninitialized: logits.shape) : nil
            let losses = Mutex([Double](repeating: 0, count: range.count))
            Parallel.forEach(range.count) { row in
                let values = unsafe logits.row(row)
                let target = Int(targets[start + row])
                let lse = unsafe pk_log_sum_exp(vocabulary, 1, values)
                let value = unsafe Double(lse - values[target])
                losses.withLock { $0[row] = value }
                if let halves {
                    unsafe pk_cross_entropy_backward_bf16(vocabulary, values, lse, target, factor, halves.row(row))
                } else if wantsInput || wantsWeight {
                    unsafe pk_cross_entropy_backward(vocabulary, 1, values, lse, target, factor, values)
                }
            }
            loss += losses.withLock { $0.reduce(0, +) }
            if let packed, let halves {
                dx.append(inputGradient(.bfloat16(halves), packed))
            } else if wantsInput {
                dx.append(packed.map { inputGradient(.float32(logits), $0) } ?? product(logits, weight))
            }
            if wantsWeight {
                dweight = product(transposed: logits, x.rows(range), addingTo: dweight.take())
                let sums = columnSums(logits)
                dbias = dbias.map { add($0, sums) } ?? sums
            }
        }
        return (
            Float(loss * Double(factor)), wantsInput ? concatenate(dx) : nil, dweight, bias == nil ? nil : dbias
        )
    }

    /// The logits of rows over a vocabulary, `x Wᵀ + bias`: `[rows, vocabulary]`.
    ///
    /// - Parameters:
    ///   - x: hidden states, `[rows, hidden]`
    ///   - weight: `[vocabulary, hidden]`
    ///   - packed: the same for products in bfloat16, of a frozen one.
    ///   - bias: `[vocabulary]`
    public static func logits(_ x: Tensor, weight: Tensor, packed: PackedMatrix?, bias: Tensor? = nil) -> Tensor {
        if let packed { return product(x, transposed: packed, bias: bias) }
        return linear(x, weight, bias: bias, activation: .identity, keepsInput: false).output
    }

    /// The rows whose logits exist at one time.
    static let vocabularyChunk = 256

    /// The negative log-likelihood of each row's target, in chunks of rows as `vocabularyCrossEntropy` works.
    ///
    /// - Parameters:
    ///   - x: hidden states, `[rows, hidden]`
    ///   - weight: `[vocabulary, hidden]`
    ///   - packed: the same for products in bfloat16, of a frozen one.
    ///   - bias: `[vocabulary]`
    ///   - targets: `[rows]`, each in `0..<vocabulary`
    /// - Returns: `[rows, 1]`
    public static func vocabularyLosses(
        _ x: Tensor, weight: Tensor, packed: PackedMatrix? = nil, bias: Tensor?, targets: [Int32]
    ) -> Tensor {
        let (rows, vocabulary) = (x.shape.rows, weight.shape.rows)
        precondition(targets.count == rows, "vocabularyLosses: \(targets.count) targets for \(rows) rows")
        precondition(targets.allSatisfy { $0 >= 0 && $0 < vocabulary }, "vocabularyLosses: target out of range")
        let losses = Tensor(uninitialized: [rows, 1])
        for start in stride(from: 0, to: rows, by: vocabularyChunk) {
            let range = start..<min(rows, start + vocabularyChunk)
            let logits = Kernels.logits(x.rows(range), weight: weight, packed: packed, bias: bias)
            Parallel.forEach(range.count) { row in
                let values = unsafe logits.row(row)
                let lse = unsafe pk_log_sum_exp(vocabulary, 1, values)
                unsafe losses.base[start + row] = unsafe lse - values[Int(targets[start + row])]
            }
        }
        return losses
    }
}
