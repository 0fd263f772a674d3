import CKernels
import COpenBLAS

extension Kernels {
    /// What the backward pass of `lstm` reads of the forward pass.
    public struct LSTMState: Sendable {
        /// The gates of every step, activated: `[steps, 4 * cells]`
        let gates: Tensor
        /// The cells of every step: `[steps, cells]`
        let cells: Tensor
        /// The output: `[steps, cells]`
        let output: Tensor
    }

    /// The forward pass of `lstm`, step by step.
    ///
    /// - Parameters:
    ///   - input: what the steps' inputs add to the gates, `[steps, 4 * cells]`; given away.
    ///   - weight: `[4 * cells, cells]`
    ///   - isReversed: whether the last step comes first.
    /// - Returns: `[steps, cells]`, and what backward reads.
    public static func lstm(_ input: consuming Tensor, weight: Tensor, isReversed: Bool) -> (
        output: Tensor, state: LSTMState
    ) {
        let (steps, cells) = (input.shape.rows, weight.shape.columns)
        precondition(
            weight.shape == [4 * cells, cells] && input.shape.columns == 4 * cells,
            "lstm: \(input.shape) with weight \(weight.shape)")
        var own = input
        own.makeUnique()
        let gates = own
        let (cell, output) = (Tensor(uninitialized: [steps, cells]), Tensor(uninitialized: [steps, cells]))
        for (row, before) in order(steps, isReversed) {
            if let before {
                unsafe gemm(
                    CblasNoTrans, CblasTrans, 1, 4 * cells, cells, output.row(before), cells, weight.base, cells, 1,
                    gates.row(row), 4 * cells)
            }
            unsafe pk_lstm_cell(
                cells, gates.row(row), before.map { unsafe cell.row($0) }, cell.row(row), output.row(row))
        }
        return (output, LSTMState(gates: gates, cells: cell, output: output))
    }

    /// The backward pass of `lstm`, from the last step that was done to the first.
    ///
    /// - Parameters:
    ///   - dy: `[steps, cells]`, given away.
    ///   - weight: `[4 * cells, cells]`
    /// - Returns: the gradient of `input`, `[steps, 4 * cells]`
    public static func lstmBackward(_ dy: consuming Tensor, _ state: LSTMState, weight: Tensor, isReversed: Bool)
        -> Tensor
    {
        let (steps, cells) = (state.cells.shape.rows, state.cells.shape.columns)
        precondition(dy.count == state.cells.count, "lstmBackward: \(dy.shape)")
        var own = dy
        own.makeUnique()
        let slopes = own
        let (cell, gradient) = (Tensor.zeros([cells]), Tensor(uninitialized: state.gates.shape))
        for (row, before) in order(steps, isReversed).reversed() {
            unsafe pk_lstm_cell_backward(
                cells, state.gates.row(row), before.map { unsafe state.cells.row($0) }, state.cells.row(row),
                slopes.row(row), cell.base, gradient.row(row))
            guard let before else { continue }
            unsafe gemm(
                CblasNoTrans, CblasNoTrans, 1, cells, 4 * cells, gradient.row(row), 4 * cells, weight.base, cells, 1,
                slopes.row(before), cells)
        }
        return gradient
    }

    /// The gradient of the weight of `lstm`.
    ///
    /// - Parameters:
    ///   - gradient: what `lstmBackward` returned, `[steps, 4 * cells]`
    ///   - sum: `[4 * cells, cells]` to add to, given away; nil starts from zero.
    /// - Returns: `[4 * cells, cells]`
    public static func lstmWeightGradient(
        _ gradient: Tensor, _ state: LSTMState, isReversed: Bool, addingTo sum: consuming Tensor? = nil
    ) -> Tensor {
        let (steps, cells) = (state.output.shape.rows, state.output.shape.columns)
        // The first step has no output before it.
        guard steps > 1 else { return sum ?? .zeros([4 * cells, cells]) }
        let (early, late) = (0..<steps - 1, 1..<steps)
        return product(
            transposed: gradient.rows(isReversed ? early : late), state.output.rows(isReversed ? late : early),
            addingTo: sum)
    }

    /// The rows of the steps in the order they are done, each with the row of the step before.
    private static func order(_ steps: Int, _ isReversed: Bool) -> [(row: Int, before: Int?)] {
        (0..<steps).map { step in
            isReversed
                ? (steps - 1 - step, step == 0 ? nil : steps - step) : (step, step == 0 ? nil : step - 1)
        }
    }
}
