import CKernels

extension Kernels {
    /// A frozen linear map in bfloat16 and what follows it, block by block of rows, with sums in float32.
    ///
    ///     pre = x Wᵀ + bias        output = activation(pre)
    ///
    /// - Parameters:
    ///   - x: `[rows, inputs]`, rounded on the way where it is not in bfloat16 yet.
    ///   - weight: `[outputs, inputs]`, or `[inputs, outputs]` when it is stored transposed
    ///   - bias: `[outputs]`
    ///   - keepsInput: whether the activation's input is wanted for backward.
    /// - Returns: output `[rows, outputs]`, and `pre` of the same shape when kept and not the output itself.
    public static func linear(
        _ x: StoredTensor, _ weight: PackedMatrix, layout: WeightLayout = .outputsFirst, bias: Tensor?,
        activation: Activation, keepsInput: Bool
    ) -> (output: BFloat16Tensor, pre: BFloat16Tensor?) {
        let pack = weight.pack(layout == .outputsFirst ? .transposed : .plain)
        precondition(x.shape.columns == pack.inputs, "linear: \(x.shape) with packed weight \(weight.shape)")
        precondition(bias.map { $0.count == pack.outputs } ?? true, "linear: bias for \(pack.outputs) outputs")
        let rows = x.shape.rows
        let output = BFloat16Tensor(uninitialized: [rows, pack.outputs])
        let pre = keepsInput && activation != .identity ? BFloat16Tensor(uninitialized: output.shape) : nil
        halfBlocks(rows, pack) { range in
            let (at, count) = (range.lowerBound, range.count * pack.outputs)
            unsafe withRows(x, range) { source in
                unsafe pack.multiply(range.count, source, bias: bias, to: .bfloat16((pre ?? output).row(at)))
            }
            guard activation != .identity else { return }
            unsafe pk_activate_bf16(activation.kernel, count, (pre ?? output).row(at), output.row(at))
        }
        return (output, pre)
    }

    /// `x Wᵀ + bias` in bfloat16 with results in float32, as logits are wanted.
    ///
    /// - Parameters:
    ///   - x: `[rows, inputs]`
    ///   - weight: `[outputs, inputs]`
    ///   - bias: `[outputs]`
    /// - Returns: `[rows, outputs]`
    public static func product(_ x: Tensor, transposed weight: PackedMatrix, bias: Tensor? = nil) -> Tensor {
        let pack = weight.pack(.transposed)
        precondition(x.shape.columns == pack.inputs, "product: \(x.shape) with packed weight \(weight.shape)")
        let out = Tensor(roomFor: x.shape.rows, columns: pack.outputs)
        halfBlocks(x.shape.rows, pack) { range in
            unsafe withRows(.float32(x), range) { source in
                unsafe pack.multiply(range.count, source, bias: bias, to: .float32(out.row(range.lowerBound)))
            }
        }
        return out
    }

    /// The gradient of a frozen map's input in bfloat16, with `d = dy * activation'(pre)`.
    ///
    ///     dx = d W
    ///
    /// - Parameters:
    ///   - dy: `[rows, outputs]`
    ///   - pre: the activation's input, `[rows, outputs]`; nil without an activation.
    ///   - weight: `[outputs, inputs]`, or `[inputs, outputs]` when it is stored transposed
    ///   - sum: `[rows, inputs]` to add to, given away; nil starts from zero.
    /// - Returns: `[rows, inputs]`
    public static func inputGradient(
        _ dy: StoredTensor, activation: Activation = .identity, pre: BFloat16Tensor? = nil, _ weight: PackedMatrix,
        layout: WeightLayout = .outputsFirst, addingTo sum: consuming Tensor? = nil
    ) -> Tensor {
        let adds = sum != nil
        let (rows, outputs) = (dy.shape.rows, layout == .outputsFirst ? weight.shape.columns : weight.shape.rows)
        let out = adds ? destination([rows, outputs], sum) : Tensor(roomFor: rows, columns: outputs)
        unsafe forEachBlock(of: dy, activation, pre, weight, layout) { pack, range, d in
            let at = range.lowerBound
            guard adds else { return unsafe pack.multiply(range.count, d, bias: nil, to: .float32(out.row(at))) }
            let block = Tensor(roomFor: range.count, columns: outputs)
            unsafe pack.multiply(range.count, d, bias: nil, to: .float32(block.base))
            unsafe pk_accumulate(range.count * outputs, block.base, out.row(at))
            withExtendedLifetime(block) {}
        }
        return out
    }

    /// `inputGradient` rounded to bfloat16, with nothing to add to.
    ///
    /// - Returns: `[rows, inputs]`
    public static func halfInputGradient(
        _ dy: StoredTensor, activation: Activation = .identity, pre: BFloat16Tensor? = nil, _ weight: PackedMatrix,
        layout: WeightLayout = .outputsFirst
    ) -> BFloat16Tensor {
        let outputs = layout == .outputsFirst ? weight.shape.columns : weight.shape.rows
        let out = BFloat16Tensor(uninitialized: [dy.shape.rows, outputs])
        unsafe forEachBlock(of: dy, activation, pre, weight, layout) { pack, range, d in
            unsafe pack.multiply(range.count, d, bias: nil, to: .bfloat16(out.row(range.lowerBound)))
        }
        return out
    }

    /// Calls `body` for blocks of rows of `dy * activation'(pre)` in bfloat16, with what multiplies them.
    private static func forEachBlock(
        of dy: StoredTensor, _ activation: Activation, _ pre: BFloat16Tensor?, _ weight: PackedMatrix,
        _ layout: WeightLayout, _ body: @Sendable (Pack, Range<Int>, UnsafePointer<UInt16>) -> Void
    ) {
        let pack = weight.pack(layout == .outputsFirst ? .plain : .transposed)
        precondition(dy.shape.columns == pack.inputs, "inputGradient: \(dy.shape) with packed weight \(weight.shape)")
        precondition(pre.map { $0.count == dy.shape.count } ?? true, "inputGradient: an activation of another shape")
        halfBlocks(dy.shape.rows, pack) { range in
            guard let pre else { return unsafe withRows(dy, range) { unsafe body(pack, range, $0) } }
            let at = range.lowerBound
            let block = BFloat16Tensor(uninitialized: [range.count, pack.inputs])
            unsafe pk_activate_backward_bf16(
                activation.kernel, block.count, pre.row(at), dy.floats?.row(at), dy.halves?.row(at), block.base)
            unsafe body(pack, range, block.base)
            withExtendedLifetime(block) {}
        }
    }

    /// Lends the rows `range` in bfloat16, rounding them where they are floats.
    private static func withRows(_ x: StoredTensor, _ range: Range<Int>, _ body: (UnsafePointer<UInt16>) -> Void) {
        switch x {
        case .bfloat16(let tensor): unsafe body(tensor.row(range.lowerBound))
        case .float32(let tensor):
            let block = BFloat16Tensor(uninitialized: [range.count, tensor.shape.columns])
            unsafe pk_f32_to_bf16(block.count, tensor.row(range.lowerBound), block.base)
            unsafe body(block.base)
            withExtendedLifetime(block) {}
        }
    }

    private static let largestKept = 1 << 22

    /// The rows of a block at most, in whole groups.
    static let halfBlock = 192

    /// Calls `body` for blocks of rows, whole groups but for the last one, an even number of blocks of nearly the same length: two threads
    /// are done at the same time, and the lengths are few, since each needs a product of its own.
    static func halfBlocks(_ rows: Int, _ pack: Pack, _ body: @Sendable (Range<Int>) -> Void) {
        let size = BFloat16Tensor.groupRows
        let groups = (rows + size - 1) / size
        // A weight that no cache holds is read anew for each block.
        let least = pack.inputs * pack.outputs > largestKept ? 2 : 8
        let pair = 2 * halfBlock / size
        let wanted = max(least, 2 * ((groups + pair - 1) / pair))
        let blocks = groups < 3 ? 1 : min(wanted, max(2, groups / 4 * 2))
        Parallel.forEach(groups == 0 ? 0 : blocks) { block in
            body(block * groups / blocks * size..<min(rows, (block + 1) * groups / blocks * size))
        }
    }
}

extension Tensor {
    /// A tensor whose elements its maker is about to write, in memory with room for whole groups of rows.
    init(roomFor rows: Int, columns: Int) {
        self.init(
            shape: [rows, columns], storage: Storage(count: BFloat16Tensor.room(rows) * columns), offset: 0)
    }
}
