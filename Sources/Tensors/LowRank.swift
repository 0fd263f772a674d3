import CKernels
import COpenBLAS

extension Kernels {
    /// A low-rank map of each row, added to what is there, block of rows by block of rows.
    ///
    ///     narrow = scale · dropout(x) downᵀ        output = sum + narrow upᵀ
    ///
    /// - Parameters:
    ///   - x: `[rows, inputs]`
    ///   - down: `[rank, inputs]`
    ///   - up: `[outputs, rank]`
    ///   - sum: `[rows, outputs]`, given away; its memory is taken for the output.
    /// - Returns: output `[rows, outputs]`, and narrow `[rows, rank]`.
    public static func lowRank(
        _ x: Tensor, down: Tensor, up: Tensor, scale: Float, dropout: DropoutMask?, addedTo sum: consuming Tensor
    ) -> (output: Tensor, narrow: Tensor) {
        let (rows, inputs, rank, outputs) = (x.shape.rows, x.shape.columns, down.shape.rows, up.shape.rows)
        precondition(
            down.shape.columns == inputs && up.shape.columns == rank, "lowRank: \(x.shape), \(down.shape), \(up.shape)")
        let output = destination([rows, outputs], sum)
        let narrow = Tensor(uninitialized: [rows, rank])
        Parallel.rows(rows, target: rowTarget) { range in
            let at = range.lowerBound
            let block = dropped(x, range, dropout)
            unsafe gemm(
                CblasNoTrans, CblasTrans, range.count, rank, inputs, block.base, inputs, down.base, inputs, 0,
                narrow.row(at), rank)
            unsafe pk_scale(range.count * rank, scale, narrow.row(at))
            unsafe gemm(
                CblasNoTrans, CblasTrans, range.count, outputs, rank, narrow.row(at), rank, up.base, rank, 1,
                output.row(at), outputs)
        }
        return (output, narrow)
    }

    /// The same, added to rows in bfloat16 and rounded once.
    public static func lowRank(
        _ x: Tensor, down: Tensor, up: Tensor, scale: Float, dropout: DropoutMask?, addedTo base: BFloat16Tensor
    ) -> (output: BFloat16Tensor, narrow: Tensor) {
        let (rows, inputs, rank, outputs) = (x.shape.rows, x.shape.columns, down.shape.rows, up.shape.rows)
        precondition(
            down.shape.columns == inputs && up.shape.columns == rank && base.shape == [rows, outputs],
            "lowRank: \(x.shape), \(down.shape), \(up.shape)")
        let output = BFloat16Tensor(uninitialized: base.shape)
        let narrow = Tensor(uninitialized: [rows, rank])
        Parallel.rows(rows, target: 64) { range in
            let at = range.lowerBound
            let block = dropped(x, range, dropout)
            let wide = Tensor(uninitialized: [range.count, outputs])
            unsafe pk_bf16_to_f32(wide.count, base.row(at), wide.base)
            unsafe gemm(
                CblasNoTrans, CblasTrans, range.count, rank, inputs, block.base, inputs, down.base, inputs, 0,
                narrow.row(at), rank)
            unsafe pk_scale(range.count * rank, scale, narrow.row(at))
            unsafe gemm(
                CblasNoTrans, CblasTrans, range.count, outputs, rank, narrow.row(at), rank, up.base, rank, 1,
                wide.base, outputs)
            unsafe pk_f32_to_bf16(wide.count, wide.base, output.row(at))
            withExtendedLifetime((block, wide)) {}
        }
        return (output, narrow)
    }

    /// The gradients of a low-rank map, with `d = scale · dy up`.
    ///
    ///     ddown = dᵀ dropout(x)        dup = dyᵀ narrow        dx = dropout(d down)
    ///
    /// Each group of rows is read once, while it is in the cache, and has sums of its own, which are added in order.
    ///
    /// - Parameters:
    ///   - dy: `[rows, outputs]`
    ///   - x: `[rows, inputs]`
    ///   - narrow: `[rows, rank]`
    ///   - input: the gradient of `x` so far, given away; nil starts from zero.
    ///   - wantsInput: whether that gradient is wanted at all.
    /// - Returns: the gradients of `x`, of `down` `[rank, inputs]` and of `up` `[outputs, rank]`.
    public static func lowRankBackward(
        _ dy: Tensor, x: Tensor, narrow: Tensor, down: Tensor, up: Tensor, scale: Float, dropout: DropoutMask?,
        addingTo input: consuming Tensor?, wantsInput: Bool
    ) -> (input: Tensor?, down: Tensor, up: Tensor) {
        let (rows, inputs, rank, outputs) = (x.shape.rows, x.shape.columns, down.shape.rows, up.shape.rows)
        precondition(
            dy.shape.rows == rows && dy.shape.columns == outputs, "lowRankBackward: \(dy.shape) for \(x.shape)")
        let groups = min(largestGroupCount, Parallel.blockCount(rows, target: rowTarget))
        let (downSums, upSums) = (Tensor.zeros([groups, rank * inputs]), Tensor.zeros([groups, outputs * rank]))
        let beta: Float = input == nil ? 0 : 1
        let dx = wantsInput ? destination([rows, inputs], input.take()) : nil
        Parallel.forEach(groups) { group in
            let end = (group + 1) * rows / groups
            for at in stride(from: group * rows / groups, to: end, by: rowTarget) {
                let range = at..<min(at + rowTarget, end)
                let d = Tensor(uninitialized: [range.count, rank])
                unsafe gemm(
                    CblasNoTrans, CblasNoTrans, range.count, rank, outputs, dy.row(at), outputs, up.base, rank, 0,
                    d.base,
                    rank)
                unsafe pk_scale(d.count, scale, d.base)
                unsafe gemm(
                    CblasTrans, CblasNoTrans, outputs, rank, range.count, dy.row(at), outputs, narrow.row(at), rank, 1,
                    upSums.row(group), rank)
                let block = dropped(x, range, dropout)
                unsafe gemm(
                    CblasTrans, CblasNoTrans, rank, inputs, range.count, d.base, rank, block.base, inputs, 1,
                    downSums.row(group), inputs)
                if let dx { addInput(d, down, range, dropout, beta, to: dx) }
            }
        }
        return (
            dx, columnSums(downSums).reshaped([rank, inputs]), columnSums(upSums).reshaped([outputs, rank])
        )
    }

    /// `dx = beta dx + dropout(d down)` for the rows `range`.
    private static func addInput(
        _ d: Tensor, _ down: Tensor, _ range: Range<Int>, _ dropout: DropoutMask?, _ beta: Float, to dx: Tensor
    ) {
        let (at, rank, inputs) = (range.lowerBound, down.shape.rows, down.shape.columns)
        guard let dropout else {
            unsafe gemm(
                CblasNoTrans, CblasNoTrans, range.count, inputs, rank, d.base, rank, down.base, inputs, beta,
                dx.row(at),
                inputs)
            return
        }
        let block = Tensor(uninitialized: [range.count, inputs])
        unsafe gemm(
            CblasNoTrans, CblasNoTrans, range.count, inputs, rank, d.base, rank, down.base, inputs, 0, block.base,
            inputs)
        let target = unsafe beta == 0 ? dx.row(at) : block.base
        unsafe pk_dropout_rows(
            Optional(dropout).kernel, at, range.count, inputs, block.base, inputs, target, inputs)
        if beta != 0 { unsafe pk_accumulate(block.count, block.base, dx.row(at)) }
    }

    /// The rows `range` of `x` after dropout; themselves without a mask.
    private static func dropped(_ x: Tensor, _ range: Range<Int>, _ mask: DropoutMask?) -> Tensor {
        guard let mask else { return x.rows(range) }
        let (at, columns) = (range.lowerBound, x.shape.columns)
        let block = Tensor(uninitialized: [range.count, columns])
        unsafe pk_dropout_rows(
            Optional(mask).kernel, at, range.count, columns, x.row(at), columns, block.base, columns)
        return block
    }

    /// How many groups of rows at most have sums of their own, so that these stay small.
    private static let largestGroupCount = 16
}
