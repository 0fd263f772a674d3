import CKernels

extension Kernels {
    /// `dropout(x) + addend` in float32, in one pass over memory.
    ///
    /// - Parameters:
    ///   - x: `[rows, columns]`
    ///   - addend: of the same shape; nil adds nothing.
    /// - Returns: `[rows, columns]`
    public static func widen(_ x: BFloat16Tensor, dropout: DropoutMask? = nil, addend: Tensor? = nil) -> Tensor {
        precondition(addend.map { $0.count == x.count } ?? true, "widen: an addend for \(x.shape)")
        let out = Tensor(uninitialized: x.shape)
        Parallel.rows(x.shape.rows, target: 64) { range in
            let at = range.lowerBound
            unsafe pk_widen_rows(
                dropout.kernel, at, range.count, x.shape.columns, x.row(at), addend?.row(at), out.row(at))
        }
        return out
    }

    /// The columns `range` of every `period` columns of each row, as they are stored (see `columns`).
    public static func columns(_ x: StoredTensor, _ range: Range<Int>, ofEvery period: Int? = nil) -> StoredTensor {
        guard let x = x.halves else { return .float32(columns(x.float32, range, ofEvery: period)) }
        let picked = PickedColumns(range, ofEvery: period, of: x.shape)
        let out = BFloat16Tensor(uninitialized: picked.shape)
        unsafe picked.copyRows { row in unsafe (x.row(row), out.row(row)) }
        return .bfloat16(out)
    }

    /// `activation(gate) * x` element by element, in bfloat16.
    ///
    /// - Parameters:
    ///   - gate: `[rows, columns]`
    ///   - x: `[rows, columns]`
    public static func gate(_ activation: Activation, _ gate: BFloat16Tensor, _ x: BFloat16Tensor) -> BFloat16Tensor {
        precondition(gate.count == x.count, "gate: \(gate.shape) and \(x.shape)")
        let out = BFloat16Tensor(uninitialized: x.shape)
        elements(x.count) { range in
            let at = range.lowerBound
            unsafe pk_gate_bf16(activation.kernel, range.count, gate.base + at, x.base + at, out.base + at)
        }
        return out
    }

    /// The backward of `gate`: `dy * x * activation'(gate)`, and `dy * activation(gate)` in the memory of `dy`.
    public static func gateBackward(
        _ activation: Activation, gate: BFloat16Tensor, _ x: BFloat16Tensor, _ dy: consuming Tensor
    ) -> (gate: Tensor, x: Tensor) {
        precondition(gate.count == dy.count && x.count == dy.count, "gateBackward: \(gate.shape) and \(dy.shape)")
        var gradient = dy
        gradient.makeUnique()
        let (dx, dgate) = (gradient, Tensor(uninitialized: gate.shape))
        elements(x.count) { range in
            let at = range.lowerBound
            unsafe pk_gate_backward_bf16(
                activation.kernel, range.count, gate.base + at, x.base + at, dx.base + at, dgate.base + at, dx.base + at
            )
        }
        return (dgate, dx)
    }
}
