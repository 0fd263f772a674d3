import COneDNN
import Synchronization

/// oneDNN on this processor, for products in bfloat16, and for those of floats that it has for the processor's widest vectors.
///
/// Threads share its engine and its primitives; what a product writes to besides its result is the caller's. Rows are split by us, so each
/// call works alone.
@safe final class MatrixUnit: @unchecked Sendable {
    /// The unit of this machine; nil where the library has no instructions for products in bfloat16.
    static let ofMachine: MatrixUnit? = MatrixUnit()

    /// The library's version.
    static var libraryDescription: String {
        guard let version = unsafe dnnl_version() else { return "oneDNN" }
        return unsafe "oneDNN \(version.pointee.major).\(version.pointee.minor).\(version.pointee.patch)"
    }

    /// Whether products may use the machine's unit: elsewhere operands are rounded and multiplied as floats, which gives the same up to the
    /// order of sums.
    @TaskLocal static var isAllowed = true

    private let engine: OpaquePointer
    /// Whether products read weights that lie in pairs (`pk_pack_pairs`).
    private(set) var readsPairs = false
    private let smallProducts = Mutex<[Lengths: Product]>([:])
    private let floatProducts = Mutex<[Lengths: Product?]>([:])
    private let streams = Mutex<[Stream]>([])

    private init?() {
        var engine: OpaquePointer?
        guard unsafe dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success, let engine = unsafe engine else {
            return nil
        }
        unsafe self.engine = engine
        // Where the library leaves weights as they are it has no instructions for bfloat16, and only widens what it reads.
        guard let product = product(rows: 32, inputs: 64, outputs: 128, to: dnnl_f32, hasBias: false, weights: nil),
            let plain = Layout(64, 128, dnnl_bf16, row: 128, column: 1), !product.weights.isSame(as: plain)
        else { return nil }
        readsPairs = Layout(pairs: 64, 128).map(product.weights.isSame) ?? false
    }

    /// A product of so many rows, made once and run by many threads.
    @safe final class Product: @unchecked Sendable {
        fileprivate let made: onednn_product
        fileprivate let source: Layout
        fileprivate let destination: Layout
        fileprivate let bias: Layout?
        /// How its weights lie.
        let weights: Layout
        /// The bytes of scratch memory that each run needs.
        let scratchBytes: Int
        /// Whether it is one of the library's products by batch-reduced blocks, its best: the sum of an element does not depend on how many
        /// rows and columns there are.
        let isBrgemm: Bool

        fileprivate init?(_ made: onednn_product, source: Layout, destination: Layout, bias: Layout?) {
            guard let weights = unsafe Layout(made.weights), let scratch = unsafe made.scratch else { return nil }
            unsafe self.made = made
            self.source = source
            self.destination = destination
            self.bias = bias
            self.weights = weights
            scratchBytes = unsafe onednn_layout_size(scratch)
            isBrgemm = unsafe made.is_brgemm != 0
        }

        // Products live as long as their weights do. The weights' layout is freed by itself.
        deinit {
            var rest = unsafe made
            unsafe rest.weights = nil
            unsafe onednn_product_free(rest)
        }
    }

    /// How a matrix lies in memory.
    @safe final class Layout: @unchecked Sendable {
        fileprivate let pointer: UnsafeMutablePointer<onednn_layout>

        fileprivate init?(_ pointer: UnsafeMutablePointer<onednn_layout>?) {
            guard let pointer = unsafe pointer else { return nil }
            unsafe self.pointer = pointer
        }

        /// Elements `row` and `column` apart; both 0 for as suits a product.
        convenience init?(_ rows: Int, _ columns: Int, _ type: dnnl_data_type_t, row: Int, column: Int) {
            unsafe self.init(
                onednn_layout_make(dnnl_dim_t(rows), dnnl_dim_t(columns), type, dnnl_dim_t(row), dnnl_dim_t(column)))
        }

        deinit { unsafe onednn_layout_free(pointer) }

        /// In the blocks that `pk_pack_pairs` writes.
        convenience init?(pairs rows: Int, _ columns: Int) {
            unsafe self.init(onednn_layout_make_pairs(dnnl_dim_t(rows), dnnl_dim_t(columns)))
        }

        var bytes: Int { unsafe onednn_layout_size(pointer) }

        /// Whether both put every element at the same place.
        func isSame(as other: Layout) -> Bool { unsafe onednn_layout_equal(pointer, other.pointer) != 0 }
    }

    /// `[rows, inputs]` times `[inputs, outputs]`, with a bias if there is one; nil where the library has none.
    ///
    /// - Parameters:
    ///   - operands: the type of both.
    ///   - type: of the result.
    ///   - weights: how these lie; nil to find out how they should.
    func product(
        of operands: dnnl_data_type_t = dnnl_bf16, rows: Int, inputs: Int, outputs: Int, to type: dnnl_data_type_t,
        hasBias: Bool, weights: Layout?
    ) -> Product? {
        // The library plans a product for as many threads as the one that makes it may use.
        onednn_work_alone()
        guard let source = Layout(rows, inputs, operands, row: inputs, column: 1),
            let destination = Layout(rows, outputs, type, row: outputs, column: 1),
            let matrix = weights ?? Layout(inputs, outputs, operands, row: 0, column: 0)
        else { return nil }
        let bias = hasBias ? Layout(1, outputs, dnnl_f32, row: outputs, column: 1) : nil
        var made = unsafe onednn_product()
        let status = unsafe onednn_product_make(
            engine, source.pointer, matrix.pointer, bias?.pointer, destination.pointer, &made)
        guard status == dnnl_success else { return nil }
        return unsafe Product(made, source: source, destination: destination, bias: bias)
    }

    /// A product with weights that lie in pairs.
    func smallProduct(rows: Int, inner: Int, columns: Int) -> Product {
        smallProducts.withLock { products in
            let lengths = Lengths(rows: rows, inner: inner, columns: columns)
            if let made = products[lengths] { return made }
            guard let pairs = Layout(pairs: inner, columns),
                let made = product(
                    rows: rows, inputs: inner, outputs: columns, to: dnnl_f32, hasBias: false, weights: pairs)
            else { preconditionFailure("no product of \(lengths), though others like it exist") }
            products[lengths] = made
            return made
        }
    }

    /// A product of floats, `x Wᵀ`, with a weight as checkpoints store it; nil where the library has none by batch-reduced blocks.
    func floatProduct(rows: Int, inner: Int, columns: Int) -> Product? {
        floatProducts.withLock { products in
            let lengths = Lengths(rows: rows, inner: inner, columns: columns)
            if let known = products[lengths] { return known }
            // Those of weights are few: more come from operands whose lengths change all the time.
            if products.count >= 512 { products.removeAll() }
            let made = Layout(inner, columns, dnnl_f32, row: 1, column: inner).flatMap {
                product(
                    of: dnnl_f32, rows: rows, inputs: inner, outputs: columns, to: dnnl_f32, hasBias: false, weights: $0
                )
            }
            let best = made.flatMap { $0.isBrgemm ? $0 : nil }
            products[lengths] = .some(best)
            return best
        }
    }

    private struct Lengths: Hashable { let rows: Int, inner: Int, columns: Int }

    /// Rounds a matrix and lays it out for a product.
    ///
    /// - Parameters:
    ///   - matrix: `[inputs, outputs]`, its elements `row` and `column` apart.
    ///   - memory: of as many bytes as the layout has.
    func pack(
        _ matrix: UnsafePointer<Float>, inputs: Int, outputs: Int, row: Int, column: Int, as layout: Layout,
        into memory: UnsafeMutableRawPointer
    ) {
        guard let plain = Layout(inputs, outputs, dnnl_f32, row: row, column: column) else {
            preconditionFailure("pack: no layout for [\(inputs), \(outputs)]")
        }
        let status = unsafe withStream { stream in
            unsafe onednn_copy(
                engine, stream, plain.pointer, UnsafeMutablePointer(mutating: matrix), layout.pointer, memory)
        }
        precondition(
            status == dnnl_success, "pack: the library cannot lay [\(inputs), \(outputs)] out (\(status.rawValue))")
    }

    /// Runs a product on this thread.
    func run(
        _ product: Product, _ source: UnsafeRawPointer, weights: UnsafeRawPointer, bias: UnsafePointer<Float>?,
        destination: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
    ) {
        let status = unsafe withStream { stream in
            let operands = unsafe [
                onednn_operand(
                    role: DNNL_ARG_SRC, layout: product.source.pointer,
                    memory: UnsafeMutableRawPointer(mutating: source)),
                onednn_operand(
                    role: DNNL_ARG_WEIGHTS, layout: product.weights.pointer,
                    memory: UnsafeMutableRawPointer(mutating: weights)),
                onednn_operand(role: DNNL_ARG_DST, layout: product.destination.pointer, memory: destination),
                onednn_operand(role: DNNL_ARG_SCRATCHPAD, layout: product.made.scratch, memory: scratch),
                onednn_operand(
                    role: DNNL_ARG_BIAS, layout: product.bias?.pointer,
                    memory: UnsafeMutableRawPointer(mutating: UnsafeRawPointer(bias))),
            ]
            return unsafe operands.withUnsafeBufferPointer { list in
                unsafe onednn_run(product.made.primitive, engine, stream, list.baseAddress, Int32(list.count))
            }
        }
        precondition(status == dnnl_success, "a product failed (\(status.rawValue))")
    }

    private func withStream<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        onednn_work_alone()
        guard let stream = streams.withLock({ $0.popLast() }) ?? (unsafe Stream(engine)) else {
            preconditionFailure("oneDNN gives no stream")
        }
        let result = unsafe body(stream.pointer)
        streams.withLock { $0.append(stream) }
        return result
    }

    /// What one call at a time goes through.
    @safe private final class Stream: @unchecked Sendable {
        let pointer: OpaquePointer

        init?(_ engine: OpaquePointer) {
            var pointer: OpaquePointer?
            unsafe dnnl_stream_create(&pointer, engine, UInt32(dnnl_stream_default_flags.rawValue))
            guard let pointer = unsafe pointer else { return nil }
            unsafe self.pointer = pointer
        }
    }
}
