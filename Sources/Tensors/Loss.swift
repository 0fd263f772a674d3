import CKernels
import COpenBLAS
import Synchronization

extension Kernels {
    /// Cross entropy over the positions of each sequence: which token of `0..<length` does each column point at?
    ///
    ///     loss = mean over sequences and columns of  logsumexp(x) - x[target]
    ///
    /// - Parameters:
    ///   - logits: `[tokens, columns]`
    ///   - offsets: first row of each sequence, and the total: `[batch + 1]`
    ///   - targets: for each sequence one position per column: `[batch][columns]`
    /// - Returns: the loss, and its gradient `[tokens, columns]`.
    public static func positionCrossEntropy(_ logits: Tensor, offsets: [Int], targets: [[Int]]) -> (
        loss: Float, gradient: Tensor
    ) {
        let (columns, batch) = (logits.shape.columns, targets.count)
        precondition(offsets.count == batch + 1 && offsets.last == logits.shape.rows, "positionCrossEntropy: offsets")
        let gradient = Tensor.zeros(logits.shape)
        let factor = 1 / Float(batch * columns)
        var loss = 0.0
        for (sequence, positions) in targets.enumerated() {
            let (start, length) = (offsets[sequence], offsets[sequence + 1] - offsets[sequence])
            precondition(positions.count == columns, "positionCrossEntropy: \(positions.count) targets")
            for (column, target) in positions.enumerated() {
                precondition(target >= 0 && target < length, "positionCrossEntropy: position \(target) of \(length)")
                let x = unsafe logits.row(start) + column
                let lse = unsafe pk_log_sum_exp(length, columns, x)
                loss += unsafe Double(lse - x[target * columns])
                unsafe pk_cross_entropy_backward(
                    length, columns, x, lse, target, factor, gradient.row(start) + column)
            }
        }
        return (Float(loss * Double(factor)), gradient)
    }

    /// Cross entropy of the next token over a vocabulary, in chunks of rows, so that the logits of all tokens never exist
    /// together.
    ///
    ///     loss = mean over rows of  logsumexp(h Wᵀ + bias) - (h Wᵀ + bias)[target]
    ///
    /// - Parameters:
    ///   - x: hidden states, `[rows, hidden]`
    ///   - weight: `[vocabulary, hidden]`
    ///   - bias: `[vocabulary]`
    ///   - targets: `[rows]`, each in `0..<vocabulary`
    ///   - wantsInput, wantsWeight: which gradients to compute besides the loss.
    /// - Returns: the loss, and the wanted gradients, for a loss gradient of 1, with the shapes of their inputs.
    public static func vocabularyCrossEntropy(
        _ x: Tensor, weight: Tensor, bias: Tensor?, targets: [Int32], wantsInput: Bool, wantsWeight: Bool
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
            let logits = linear(x.rows(range), weight, bias: bias, activation: .identity, keepsInput: false).output
            let losses = Mutex([Double](repeating: 0, count: range.count))
            Parallel.forEach(range.count) { row in
                let values = unsafe logits.row(row)
                let target = Int(targets[start + row])
                let lse = unsafe pk_log_sum_exp(vocabulary, 1, values)
                let value = unsafe Double(lse - values[target])
                losses.withLock { $0[row] = value }
                unsafe pk_cross_entropy_backward(vocabulary, 1, values, lse, target, factor, values)
            }
            loss += losses.withLock { $0.reduce(0, +) }
            if wantsInput { dx.append(product(logits, weight)) }
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

    /// The rows whose logits exist at one time.
    static let vocabularyChunk = 256

    /// The rows of all parts, one after the other.
    ///
    /// - Parameter parts: each `[rows, columns]`, with the same columns.
    public static func concatenate(_ parts: [Tensor]) -> Tensor {
        guard let columns = parts.first?.shape.columns else { return Tensor.zeros([0, 0]) }
        let whole = Tensor(uninitialized: [parts.reduce(0) { $0 + $1.shape.rows }, columns])
        var row = 0
        for part in parts {
            precondition(part.shape.columns == columns, "concatenate: \(part.shape) beside \(columns) columns")
            unsafe whole.row(row).update(from: part.base, count: part.count)
            row += part.shape.rows
        }
        return whole
    }
}
