import CKernels
import COpenBLAS

/// How a checkpoint stores the weight of a linear map.
public enum WeightLayout: Hashable, Sendable {
    /// `[outputs, inputs]`, as almost all do.
    case outputsFirst
    /// `[inputs, outputs]`, as GPT-2 does.
    case inputsFirst

    /// The shape of a stored weight.
    public func shape(inputs: Int, outputs: Int) -> Shape {
        self == .outputsFirst ? [outputs, inputs] : [inputs, outputs]
    }
}

extension Kernels {
    /// A linear map and what follows it, block by block, so that bias and activation find the product
    /// still in the cache.
    ///
    ///     pre = x Wᵀ + bias        output = activation(pre)
    ///
    /// - Parameters:
    ///   - x: `[rows, inputs]`
    ///   - weight: `[outputs, inputs]`, or `[inputs, outputs]` when it is stored transposed
    ///   - bias: `[outputs]`
    ///   - keepsInput: whether the activation's input is wanted for backward.
    /// - Returns: output `[rows, outputs]`, and `pre` of the same shape when kept (the output itself for `identity`).
    public static func linear(
        _ x: Tensor, _ weight: Tensor, layout: WeightLayout = .outputsFirst, bias: Tensor?, activation: Activation,
        keepsInput: Bool
    ) -> (output: Tensor, pre: Tensor?) {
        let (rows, inputs) = (x.shape.rows, x.shape.columns)
        let isTransposed = layout == .inputsFirst
        let outputs = isTransposed ? weight.shape.columns : weight.shape.rows
        precondition(
            (isTransposed ? weight.shape.rows : weight.shape.columns) == inputs,
            "linear: \(x.shape) with weight \(weight.shape)")
        precondition(bias.map { $0.count == outputs } ?? true, "linear: bias for \(outputs) outputs")
        let output = Tensor(uninitialized: [rows, outputs])
        let pre = keepsInput && activation != .identity ? Tensor(uninitialized: [rows, outputs]) : output
        blocks(rows, outputs, inputs, leastColumns: isTransposed ? acrossRows : 1) { range, columns in
            let (at, first) = (range.lowerBound, columns.lowerBound)
            unsafe gemm(
                CblasNoTrans, isTransposed ? CblasNoTrans : CblasTrans, range.count, columns.count, inputs, x.row(at),
                inputs, isTransposed ? weight.base + first : weight.row(first), weight.shape.columns, 0,
                pre.row(at) + first, outputs)
            // Whole rows follow one another, parts of rows do not.
            let runs = columns.count == outputs ? 1 : range.count
            let (rows, length) = (range.count / runs, columns.count)
            for run in at..<at + runs {
                let (from, to) = unsafe (pre.row(run) + first, output.row(run) + first)
                if let bias { unsafe pk_add_bias(rows, length, bias.base + first, from) }
                if activation != .identity { unsafe pk_activate(activation.kernel, rows * length, from, to) }
            }
        }
        return (output, keepsInput ? pre : nil)
    }

    /// `dy * activation'(pre)`, in the memory of `dy`, which is given away.
    ///
    /// - Parameters:
    ///   - pre: the activation's input, `[rows, columns]`
    ///   - dy: `[rows, columns]`
    public static func activationBackward(_ activation: Activation, pre: Tensor, _ dy: consuming Tensor) -> Tensor {
        precondition(pre.count == dy.count, "activationBackward: \(pre.shape) and \(dy.shape)")
        var gradient = dy
        guard activation != .identity else { return gradient }
        gradient.makeUnique()
        let result = gradient
        Parallel.rows(pre.shape.rows, target: 64) { range in
            let (at, count) = (range.lowerBound, range.count * pre.shape.columns)
            unsafe pk_activate_backward(activation.kernel, count, pre.row(at), result.row(at), result.row(at))
        }
        return result
    }

    /// `activation(gate) * x` element by element.
    ///
    /// - Parameters:
    ///   - gate: `[rows, columns]`
    ///   - x: `[rows, columns]`
    public static func gate(_ activation: Activation, _ gate: Tensor, _ x: Tensor) -> Tensor {
        precondition(gate.count == x.count, "gate: \(gate.shape) and \(x.shape)")
        let out = Tensor(uninitialized: x.shape)
        elements(x.count) { range in
            let at = range.lowerBound
            unsafe pk_gate(activation.kernel, range.count, gate.base + at, x.base + at, out.base + at)
        }
        return out
    }

    /// The backward of `gate`: `dy * x * activation'(gate)`, and `dy * activation(gate)` in the memory of `dy`.
    public static func gateBackward(_ activation: Activation, gate: Tensor, _ x: Tensor, _ dy: consuming Tensor) -> (
        gate: Tensor, x: Tensor
    ) {
        precondition(gate.count == dy.count && x.count == dy.count, "gateBackward: \(gate.shape) and \(dy.shape)")
        var gradient = dy
        gradient.makeUnique()
        let (dx, dgate) = (gradient, Tensor(uninitialized: gate.shape))
        elements(x.count) { range in
            let at = range.lowerBound
            unsafe pk_gate_backward(
                activation.kernel, range.count, gate.base + at, x.base + at, dx.base + at, dgate.base + at, dx.base + at
            )
        }
        return (dgate, dx)
    }
}
