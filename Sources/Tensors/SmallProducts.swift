import CKernels
import COneDNN

/// An operand of a small product: floats or halves, rows `ld` elements apart.
@unsafe struct MatrixOperand {
    let floats: UnsafePointer<Float>?
    let halves: UnsafePointer<UInt16>?
    let ld: Int

    init(_ floats: UnsafePointer<Float>, _ ld: Int) { unsafe (self.floats, halves, self.ld) = (floats, nil, ld) }

    init(_ halves: UnsafePointer<UInt16>, _ ld: Int) { unsafe (floats, self.halves, self.ld) = (nil, halves, ld) }

    /// The elements from `row` and `column` on.
    func at(_ row: Int, _ column: Int) -> MatrixOperand {
        let start = unsafe row * ld + column
        return if let floats = unsafe floats {
            unsafe MatrixOperand(floats + start, ld)
        } else {
            unsafe MatrixOperand(floats: nil, halves: halves.map { unsafe $0 + start }, ld)
        }
    }

    private init(floats: UnsafePointer<Float>?, halves: UnsafePointer<UInt16>?, _ ld: Int) {
        unsafe (self.floats, self.halves, self.ld) = (floats, halves, ld)
    }

    /// The elements of `tensor` from `row` and `column` on.
    init(_ tensor: StoredTensor, row: Int, column: Int) {
        unsafe floats = tensor.floats.map { unsafe UnsafePointer($0.row(row) + column) }
        unsafe halves = tensor.halves.map { unsafe UnsafePointer($0.row(row) + column) }
        unsafe ld = tensor.shape.columns
    }
}

/// Products of small matrices on one thread, of which no operand is kept, as attention has them: in float32 by a kernel that holds its sums in
/// registers, or in bfloat16 where operands are rounded and laid out on the way.
///
/// Results have room for what a product writes: rows and columns rounded up by `room`, and the rounded columns are from one row to the next.
struct SmallProducts: Sendable {
    /// Nil multiplies in float32.
    private let unit: MatrixUnit?

    /// Products in bfloat16 where they are wanted and the machine has a unit that reads what we lay out; else in float32.
    init(inBFloat16: Bool) {
        let machine = inBFloat16 && MatrixUnit.isAllowed ? MatrixUnit.ofMachine : nil
        unit = machine?.readsPairs == true ? machine : nil
    }

    private init(unit: MatrixUnit?) { self.unit = unit }

    var isHalf: Bool { unit != nil }

    /// Products for scores of so many columns: laying operands out for few costs more than it saves.
    func suiting(columns: Int) -> SmallProducts { columns < 96 ? SmallProducts(unit: nil) : self }

    /// The rows of a result that has room for what a product writes.
    func room(rows: Int) -> Int { isHalf ? Self.rounded(rows, 32) : rows }
    /// The columns of a result that has room for what a product writes.
    func room(columns: Int) -> Int {
        isHalf && columns > 32 ? Self.rounded(columns, 64) : Self.rounded(columns, isHalf ? 32 : Int(PK_LANES))
    }

    /// The first `columns` columns of `count` rows as these products read them: in place if they do, else in `scratch`.
    func operand(_ rows: MatrixOperand, _ count: Int, columns: Int, _ scratch: Scratch) -> MatrixOperand {
        if unsafe isHalf || rows.floats != nil && columns % Int(PK_LANES) == 0 { return unsafe rows }
        return unsafe floats(rows, count, columns: columns, scratch)
    }

    /// The same of rows that stand in two places, as one operand.
    func operand(
        _ first: MatrixOperand, _ firstCount: Int, _ second: MatrixOperand, _ secondCount: Int, columns: Int,
        _ scratch: Scratch
    ) -> MatrixOperand {
        let (count, ld) = (firstCount + secondCount, isHalf ? columns : room(columns: columns))
        if isHalf {
            let room = unsafe scratch.halves(count * ld)
            unsafe pk_pack_rows(firstCount, columns, first.floats, first.halves, first.ld, ld, room)
            unsafe pk_pack_rows(
                secondCount, columns, second.floats, second.halves, second.ld, ld, room + firstCount * ld)
            return unsafe MatrixOperand(room, ld)
        }
        let room = unsafe scratch.floats(count * ld)
        unsafe pk_read_rows(firstCount, columns, first.floats, first.halves, first.ld, ld, room)
        unsafe pk_read_rows(secondCount, columns, second.floats, second.halves, second.ld, ld, room + firstCount * ld)
        return unsafe MatrixOperand(room, ld)
    }

    /// The same as floats, in `scratch` where they are not; also by products in bfloat16.
    func floats(_ rows: MatrixOperand, _ count: Int, columns: Int, _ scratch: Scratch) -> MatrixOperand {
        let ld = Self.rounded(columns, Int(PK_LANES))
        if unsafe rows.floats != nil && (isHalf || ld == columns) { return unsafe rows }
        let room = unsafe scratch.floats(count * ld)
        unsafe pk_read_rows(count, columns, rows.floats, rows.halves, rows.ld, ld, room)
        return unsafe MatrixOperand(room, ld)
    }

    /// `c = a bᵀ` with `b` `[columns, inner]`, in place whatever its type.
    func multiply(
        _ a: MatrixOperand, transposed b: MatrixOperand, rows: Int, columns: Int, inner: Int,
        to c: UnsafeMutablePointer<Float>, _ scratch: Scratch
    ) {
        scratch.operations += 2 * rows * columns * inner
        guard let unit else {
            let turned = unsafe scratch.floats(inner * room(columns: columns))
            unsafe pk_turn_rows(columns, inner, b.floats, b.halves, b.ld, turned)
            let (width, lanes) = (room(columns: columns), Int(PK_LANES))
            return unsafe pk_small_product(
                rows, width, inner, Self.floats(a), a.ld, 1, turned, lanes, inner * lanes, 0, c, width)
        }
        unsafe run(
            unit, rows: rows, columns: columns, inner: inner, adds: false, to: c, scratch,
            left: { unsafe pk_pack_rows(rows, inner, a.floats, a.halves, a.ld, $1, $0) },
            right: { unsafe pk_pack_pairs_transposed(inner, columns, b.floats, b.halves, b.ld, $1, $0) })
    }

    /// `c = a b`, or `c += a b` where it `adds`, with `b` `[inner, columns]`.
    func multiply(
        _ a: MatrixOperand, _ b: MatrixOperand, rows: Int, columns: Int, inner: Int, adds: Bool = false,
        to c: UnsafeMutablePointer<Float>, _ scratch: Scratch
    ) {
        scratch.operations += 2 * rows * columns * inner
        guard let unit else {
            let (width, lanes) = (room(columns: columns), Int(PK_LANES))
            return unsafe pk_small_product(
                rows, width, inner, Self.floats(a), a.ld, 1, Self.floats(b), b.ld, lanes, adds ? 1 : 0, c, width)
        }
        unsafe run(
            unit, rows: rows, columns: columns, inner: inner, adds: adds, to: c, scratch,
            left: { unsafe pk_pack_rows(rows, inner, a.floats, a.halves, a.ld, $1, $0) },
            right: { unsafe pk_pack_pairs(inner, columns, b.floats, b.halves, b.ld, $1, $0) })
    }

    /// `c = aᵀ b`, or `c += aᵀ b` where it `adds`, with `a` `[inner, rows]` and `b` `[inner, columns]`.
    func multiply(
        transposed a: MatrixOperand, _ b: MatrixOperand, rows: Int, columns: Int, inner: Int, adds: Bool,
        to c: UnsafeMutablePointer<Float>, _ scratch: Scratch
    ) {
        scratch.operations += 2 * rows * columns * inner
        guard let unit else {
            let (width, lanes) = (room(columns: columns), Int(PK_LANES))
            return unsafe pk_small_product(
                rows, width, inner, Self.floats(a), 1, a.ld, Self.floats(b), b.ld, lanes, adds ? 1 : 0, c, width)
        }
        unsafe run(
            unit, rows: rows, columns: columns, inner: inner, adds: adds, to: c, scratch,
            left: { unsafe pk_pack_columns(inner, rows, a.floats, a.halves, a.ld, $1, $0) },
            right: { unsafe pk_pack_pairs(inner, columns, b.floats, b.halves, b.ld, $1, $0) })
    }

    /// One product in bfloat16; the operands are laid out by `left` and `right`, which are told where and how deep.
    private func run(
        _ unit: MatrixUnit, rows: Int, columns: Int, inner: Int, adds: Bool, to c: UnsafeMutablePointer<Float>,
        _ scratch: Scratch, left: (UnsafeMutablePointer<UInt16>, Int) -> Void,
        right: (UnsafeMutablePointer<UInt16>, Int) -> Void
    ) {
        let (height, depth, width) = (room(rows: rows), Self.rounded(inner, 32), room(columns: columns))
        let product = unit.smallProduct(rows: height, inner: depth, columns: width)
        let mark = scratch.mark
        let lefts = unsafe scratch.halves(height * depth)
        let rights = unsafe scratch.halves(depth * Self.rounded(width, 64))
        let memory = unsafe scratch.floats((product.scratchBytes + 3) / 4)
        let result = unsafe adds ? scratch.floats(height * width) : c
        unsafe left(lefts, depth)
        unsafe right(rights, depth)
        unsafe unit.run(product, lefts, weights: rights, bias: nil, destination: result, scratch: memory)
        if adds { unsafe pk_accumulate(rows * width, result, c) }
        scratch.release(to: mark)
    }

    private static func floats(_ operand: MatrixOperand) -> UnsafePointer<Float> {
        guard let floats = unsafe operand.floats else {
            preconditionFailure("a product in float32 of operands in bfloat16")
        }
        return unsafe floats
    }

    private static func rounded(_ count: Int, _ unit: Int) -> Int { (count + unit - 1) / unit * unit }
}
