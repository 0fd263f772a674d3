import Foundation
import Synchronization

/// Memory for large tensors, kept apart from everything else and reused from the lowest address on.
///
/// Batches differ in length, so each step asks for blocks of other sizes than the last. In a general heap the small objects
/// between the blocks keep the holes apart, and the heap grows to nearly twice of what is alive. Here a finished step leaves
/// one hole. Memory once used stays with the process: faulting it in again would cost more than computing what stands in it.
@safe package final class TensorHeap: @unchecked Sendable {
    /// The heap of the process, as `malloc` is; what it hands out depends on nothing that anyone can see.
    static let shared = TensorHeap()

    /// Smaller blocks come from the C library.
    static let leastBytes = 1 << 16

    private let base: UnsafeMutableRawPointer?
    private let holes: Mutex<Holes>

    private init() {
        let reserved = unsafe Self.reserve(1 << 40)
        unsafe base = reserved.base
        holes = Mutex(Holes(size: unsafe reserved.size))
    }

    /// Addresses alone, `size` of them, or where a limit is set on those, less; nil and 0 where there are hardly any.
    static func reserve(_ size: Int) -> (base: UnsafeMutableRawPointer?, size: Int) {
        var size = size
        while size >= 1 << 28 {
            let address = unsafe mmap(
                nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_NORESERVE), -1, 0)
            if unsafe address != MAP_FAILED { return unsafe (address, size) }
            size /= 2
        }
        return (nil, 0)
    }

    /// The bytes of the process's heap that have ever been handed out at one time, holes between them included: what it takes of
    /// the machine's memory. As long as this does not grow, no block needs memory that was not there before.
    package static var highestBytes: Int { shared.holes.withLock(\.highest) }

    /// How many blocks of the process's heap needed memory that was not there before; in a steady step none does.
    package static var growthCount: Int { shared.holes.withLock(\.growthCount) }

    /// A block of `count` bytes, aligned to a cache line; nil when the heap has none of this size.
    func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        guard let base = unsafe base, let offset = holes.withLock({ $0.take(Self.rounded(count)) }) else { return nil }
        return unsafe base + offset
    }

    /// Takes a block back; false when it is not one of this heap.
    func free(_ block: UnsafeMutableRawPointer, _ count: Int) -> Bool {
        guard let base = unsafe base else { return false }
        let offset = unsafe block - base
        return holes.withLock { $0.give(offset, Self.rounded(count)) }
    }

    static func rounded(_ count: Int) -> Int { (count + 63) & ~63 }

    /// The free ranges, by address; neighbours are never both free.
    package struct Holes {
        private let size: Int
        private var starts: [Int]
        private var lengths: [Int]
        /// The end of the highest range that was ever taken, and how often one lay higher than all before.
        package private(set) var highest = 0, growthCount = 0

        package init(size: Int) {
            self.size = size
            starts = size > 0 ? [0] : []
            lengths = size > 0 ? [size] : []
        }

        /// The lowest hole that is large enough gives its lower part.
        package mutating func take(_ count: Int) -> Int? {
            guard let index = lengths.firstIndex(where: { $0 >= count }) else { return nil }
            let start = starts[index]
            if start + count > highest { (highest, growthCount) = (start + count, growthCount + 1) }
            if lengths[index] == count {
                starts.remove(at: index)
                lengths.remove(at: index)
            } else {
                starts[index] += count
                lengths[index] -= count
            }
            return start
        }

        /// Makes a range free and joins it with its free neighbours; false when it lies outside.
        package mutating func give(_ start: Int, _ count: Int) -> Bool {
            guard start >= 0, start < size else { return false }
            let index = starts.firstIndex { $0 > start } ?? starts.count
            let joinsBelow = index > 0 && starts[index - 1] + lengths[index - 1] == start
            let joinsAbove = index < starts.count && start + count == starts[index]
            switch (joinsBelow, joinsAbove) {
            case (true, true):
                lengths[index - 1] += count + lengths[index]
                starts.remove(at: index)
                lengths.remove(at: index)
            case (true, false): lengths[index - 1] += count
            case (false, true):
                starts[index] = start
                lengths[index] += count
            case (false, false):
                starts.insert(start, at: index)
                lengths.insert(count, at: index)
            }
            return true
        }

        /// The free ranges.
        package var ranges: [Range<Int>] { zip(starts, lengths).map { $0..<$0 + $1 } }
    }
}
