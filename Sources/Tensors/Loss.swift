import CKernels
import Foundation

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

    /// Cross entropy of one class for each row.
    ///
    ///     loss = mean over rows of  logsumexp(x) - x[target]
    ///
    /// - Parameters:
    ///   - logits: `[rows, classes]`
    ///   - targets: `[rows]`, each in `0..<classes`
    /// - Returns: the loss, and its gradient `[rows, classes]`.
    public static func categoryCrossEntropy(_ logits: Tensor, targets: [Int32]) -> (loss: Float, gradient: Tensor) {
        let (rows, classes) = (logits.shape.rows, logits.shape.columns)
        precondition(targets.count == rows && rows > 0, "categoryCrossEntropy: \(targets.count) targets, \(rows) rows")
        let gradient = Tensor(uninitialized: logits.shape)
        let factor = 1 / Float(rows)
        var loss = 0.0
        for (row, target) in targets.enumerated() {
            let target = Int(target)
            precondition(target >= 0 && target < classes, "categoryCrossEntropy: class \(target) of \(classes)")
            let lse = unsafe pk_log_sum_exp(classes, 1, logits.row(row))
            loss += unsafe Double(lse - logits.row(row)[target])
            unsafe gradient.row(row).update(from: logits.row(row), count: classes)
            unsafe pk_cross_entropy_backward(classes, 1, gradient.row(row), lse, target, factor, gradient.row(row))
        }
        return (Float(loss * Double(factor)), gradient)
    }

    /// Cross entropy of independent flags.
    ///
    ///     loss = mean over elements of  log(1 + eˣ) - t x
    ///
    /// - Parameters:
    ///   - logits: `[rows, classes]`
    ///   - targets: `[rows * classes]`, each from 0 to 1
    /// - Returns: the loss, and its gradient, of the shape of the logits.
    public static func flagCrossEntropy(_ logits: Tensor, targets: [Float]) -> (loss: Float, gradient: Tensor) {
        precondition(targets.count == logits.count && !targets.isEmpty, "flagCrossEntropy: \(targets.count) targets")
        let count = Double(targets.count)
        var (loss, gradient) = (0.0, [Float]())
        for (x, t) in zip(logits.array.lazy.map(Double.init), targets.lazy.map(Double.init)) {
            loss += max(x, 0) - t * x + log1p(exp(-abs(x)))
            gradient.append(Float((1 / (1 + exp(-x)) - t) / count))
        }
        return (Float(loss / count), Tensor(logits.shape, gradient))
    }

    /// The mean square of the differences.
    ///
    /// - Parameters:
    ///   - values: `[rows, 1]`
    ///   - targets: `[rows]`
    /// - Returns: the loss, and its gradient, of the shape of the values.
    public static func meanSquaredError(_ values: Tensor, targets: [Float]) -> (loss: Float, gradient: Tensor) {
        precondition(targets.count == values.count && !targets.isEmpty, "meanSquaredError: \(targets.count) targets")
        let differences = zip(values.array, targets).map { $0 - $1 }
        let count = Float(targets.count)
        let loss = differences.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
        return (Float(loss), Tensor(values.shape, differences.map { 2 * $0 / count }))
    }

    /// The rows of all parts, one after the other.
    ///
    /// - Parameter parts: each `[rows, columns]`, with the same columns.
    public static func concatenate(_ parts: [Tensor]) -> Tensor {
        guard let columns = parts.first?.shape.columns else { return Tensor.zeros([0, 0]) }
        let whole = Tensor(uninitialized: [parts.reduce(0) { $0 + $1.shape.rows }, columns])
        if Rehearsal.isRunning { return whole }
        var row = 0
        for part in parts {
            precondition(part.shape.columns == columns, "concatenate: \(part.shape) beside \(columns) columns")
            unsafe whole.row(row).update(from: part.base, count: part.count)
            row += part.shape.rows
        }
        return whole
    }
}
