/// Memory that the blocks of one operator use one after the other on a thread: handed out from a block that is kept.
@safe final class Scratch {
    private var blocks: [Storage] = []
    /// What is handed out of the last block.
    private var used = 0
    /// The floating-point operations of products that were done with it; told in the end, all at once, for threads would wait for each other.
    var operations = 0

    deinit { Kernels.count(operations) }

    /// Takes everything back; what comes next lies in one block.
    func clear() {
        used = 0
        guard blocks.count > 1 else { return }
        let count = blocks.reduce(0) { $0 + $1.count }
        blocks = []
        blocks = [Storage(count: count)]
    }

    /// Room for `count` floats, not initialised and aligned to a cache line, until `clear`.
    func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        let count = (count + 15) / 16 * 16
        guard let block = blocks.last, used + count <= block.count else {
            let block = Storage(count: max(count, 1 << 12))
            blocks.append(block)
            used = count
            return unsafe block.base
        }
        defer { used += count }
        return unsafe block.base + used
    }

    /// A moment that `release` goes back to.
    struct Mark { fileprivate let blocks: Int, used: Int }
    var mark: Mark { Mark(blocks: blocks.count, used: used) }

    /// Takes back what was handed out since then.
    func release(to mark: Mark) { used = blocks.count > mark.blocks ? 0 : mark.used }

    /// Room for `count` halves.
    func halves(_ count: Int) -> UnsafeMutablePointer<UInt16> {
        unsafe UnsafeMutableRawPointer(floats((count + 1) / 2)).assumingMemoryBound(to: UInt16.self)
    }
}
