import CKernels
import COneDNN
import COpenBLAS
import Synchronization

/// A frozen matrix for products in bfloat16: rounded, and laid out as the machine's matrix unit reads it, once for each of the two
/// ways to multiply by it, at the first such product.
///
/// Where the machine has no unit, the rounded matrix is multiplied as floats.
public final class PackedMatrix: Sendable {
    /// How it is multiplied by.
    enum Form: Hashable, Sendable {
        /// `x Wᵀ`
        case transposed
        /// `x W`
        case plain
    }

    /// `[rows, columns]` of the matrix as it is stored.
    let shape: Shape
    private let matrix: Tensor
    private let forms = Mutex<[Form: Pack]>([:])

    /// A matrix that nobody changes: `[rows, columns]`.
    public init(_ matrix: Tensor) {
        shape = [matrix.shape.rows, matrix.shape.columns]
        self.matrix = matrix
    }

    func pack(_ form: Form) -> Pack {
        forms.withLock { forms in
            if let made = forms[form] { return made }
            let made = Pack(matrix, isTransposed: form == .transposed)
            if forms.isEmpty, made.isLaidOut { matrix.noteReleased() }
            forms[form] = made
            return made
        }
    }
}

/// One way to multiply by a matrix.
final class Pack: Sendable {
    /// The widths of what goes in and of what comes out.
    let inputs: Int, outputs: Int

    private struct Kind: Hashable {
        let rows: Int
        let isHalf: Bool
        let hasBias: Bool
    }

    private enum Weights {
        case laidOut(MatrixUnit, MatrixUnit.Layout, Storage)
        case rounded(Tensor, isTransposed: Bool)
    }

    private let weights: Weights
    private let products: Mutex<[Kind: MatrixUnit.Product]>

    init(_ matrix: Tensor, isTransposed: Bool) {
        let (stored, columns) = (matrix.shape.rows, matrix.shape.columns)
        let (inputs, outputs) = isTransposed ? (columns, stored) : (stored, columns)
        (self.inputs, self.outputs) = (inputs, outputs)
        guard MatrixUnit.isAllowed, let unit = MatrixUnit.ofMachine,
            let model = unit.product(
                rows: Kernels.halfBlock, inputs: inputs, outputs: outputs, to: dnnl_bf16, hasBias: false, weights: nil)
        else {
            let rounded = Tensor(
                shape: matrix.shape, storage: Storage(count: matrix.count, isLasting: true), offset: 0)
            Kernels.elements(matrix.count) { range in
                unsafe pk_round_to_bf16(range.count, matrix.base + range.lowerBound, rounded.base + range.lowerBound)
            }
            weights = .rounded(rounded, isTransposed: isTransposed)
            products = Mutex([:])
            return
        }
        let memory = Storage(count: (model.weights.bytes + 3) / 4, isLasting: true)
        weights = .laidOut(unit, model.weights, memory)
        products = Mutex([Kind(rows: Kernels.halfBlock, isHalf: true, hasBias: false): model])
        if Rehearsal.isRunning { return }
        withExtendedLifetime(matrix) {
            unsafe unit.pack(
                matrix.base, inputs: inputs, outputs: outputs, row: isTransposed ? 1 : columns,
                column: isTransposed ? columns : 1, as: model.weights, into: UnsafeMutableRawPointer(memory.base))
        }
        matrix.releasePages()
    }

    /// Whether the matrix itself is no longer read.
    var isLaidOut: Bool { if case .laidOut = weights { true } else { false } }

    /// `destination = source W + bias` for one block of rows on this thread.
    ///
    /// - Parameters:
    ///   - rows: of the block; memory of source and destination has room for whole groups of rows.
    ///   - source: `[rows, inputs]`
    ///   - bias: `[outputs]`
    func multiply(_ rows: Int, _ source: UnsafePointer<UInt16>, bias: Tensor?, to destination: Destination) {
        Kernels.count(2 * rows * inputs * outputs)
        switch weights {
        case .laidOut(let unit, let layout, let memory):
            let product = unsafe product(
                Kind(rows: BFloat16Tensor.room(rows), isHalf: destination.isHalf, hasBias: bias != nil), unit, layout)
            let scratch = Storage(count: product.scratchBytes / 4 + 1)
            unsafe unit.run(
                product, source, weights: UnsafeMutableRawPointer(memory.base), bias: bias?.base,
                destination: destination.memory, scratch: UnsafeMutableRawPointer(scratch.base))
            withExtendedLifetime((memory, bias, scratch)) {}
        case .rounded(let matrix, let isTransposed):
            let wide = Tensor(uninitialized: [rows, inputs])
            unsafe pk_bf16_to_f32(rows * inputs, source, wide.base)
            let result = Tensor(uninitialized: [rows, outputs])
            unsafe Kernels.gemm(
                CblasNoTrans, isTransposed ? CblasTrans : CblasNoTrans, rows, outputs, inputs, wide.base, inputs,
                matrix.base,
                matrix.shape.columns, 0, result.base, outputs, isCounted: false)
            if let bias { unsafe pk_add_bias(rows, outputs, bias.base, result.base) }
            switch unsafe destination {
            case .float32(let out): unsafe out.update(from: result.base, count: result.count)
            case .bfloat16(let out): unsafe pk_f32_to_bf16(result.count, result.base, out)
            }
            withExtendedLifetime((wide, result, matrix, bias)) {}
        }
    }

    /// Where a product goes.
    @unsafe enum Destination {
        case float32(UnsafeMutablePointer<Float>)
        case bfloat16(UnsafeMutablePointer<UInt16>)

        var isHalf: Bool { if case .bfloat16 = unsafe self { true } else { false } }

        var memory: UnsafeMutableRawPointer {
            switch unsafe self {
            case .float32(let pointer): UnsafeMutableRawPointer(pointer)
            case .bfloat16(let pointer): UnsafeMutableRawPointer(pointer)
            }
        }
    }

    private func product(_ kind: Kind, _ unit: MatrixUnit, _ layout: MatrixUnit.Layout) -> MatrixUnit.Product {
        products.withLock { products in
            if let made = products[kind] { return made }
            guard
                let made = unit.product(
                    rows: kind.rows, inputs: inputs, outputs: outputs, to: kind.isHalf ? dnnl_bf16 : dnnl_f32,
                    hasBias: kind.hasBias, weights: layout)
            else { preconditionFailure("no product of \(kind.rows) rows with weights that were laid out for it") }
            products[kind] = made
            return made
        }
    }
}
