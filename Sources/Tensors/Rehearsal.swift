import Foundation
import Synchronization

/// A computation that is gone through without being computed, to see what memory it takes.
///
/// Within `run` tensors have shapes and addresses, but kernels read and write nothing (`Parallel.forEach` calls nobody). Blocks are handed
/// out by the rule of `TensorHeap`, from addresses that nobody backs with memory; who reads an element all the same finds a zero.
@safe public final class Rehearsal: @unchecked Sendable {
    /// The one that is running.
    @TaskLocal static var current: Rehearsal?

    /// Whether one is running: what is computed has no values then.
    public static var isRunning: Bool { current != nil }

    private struct State {
        var holes: TensorHeap.Holes
        /// Bytes of blocks that come from elsewhere, now and at most.
        var other = 0, mostOther = 0
        /// Bytes of addresses that lasting blocks have had.
        var lasting = 0
        var mapped = 0

        mutating func add(_ count: Int) {
            other += count
            mostOther = max(mostOther, other)
        }
    }

    /// The lower half of the addresses is for the heap, the upper one for lasting blocks.
    private let base: UnsafeMutableRawPointer?
    private let size: Int
    private let state: Mutex<State>

    /// One in which nothing has been done yet.
    public init() {
        let reserved = unsafe TensorHeap.reserve(1 << 42)
        unsafe base = reserved.base
        size = unsafe reserved.size
        state = Mutex(State(holes: TensorHeap.Holes(size: size / 2)))
    }

    deinit { if let base = unsafe base { unsafe munmap(base, size) } }

    /// Goes through `body`.
    public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Self.$current.withValue(self, operation: body)
    }

    /// The bytes that the heap of large tensors had to have so far.
    public var heapBytes: Int { state.withLock { $0.holes.highest } }
    /// How many blocks of that heap needed memory that was not there before.
    public var growthCount: Int { state.withLock { $0.holes.growthCount } }
    /// The bytes that smaller tensors and lasting ones took at most.
    public var otherBytes: Int { state.withLock { $0.mostOther } }
    /// The bytes of mapped files that were read.
    public var mappedBytes: Int { state.withLock { $0.mapped } }

    /// Counts bytes of a mapped file that a tensor is or was made of.
    func noteMapped(_ count: Int) { state.withLock { $0.mapped += count } }

    /// Addresses for `count` bytes; nil for a small block, and for one that does not fit: these are counted and come from elsewhere.
    func allocate(_ count: Int, isLasting: Bool) -> UnsafeMutableRawPointer? {
        let offset = state.withLock { state -> Int? in
            if isLasting {
                state.add(count)
                let offset = size / 2 + state.lasting
                guard offset + TensorHeap.rounded(count) <= size else { return nil }
                state.lasting += TensorHeap.rounded(count)
                return offset
            }
            if count >= TensorHeap.leastBytes, let offset = state.holes.take(TensorHeap.rounded(count)) {
                return offset
            }
            state.add(count)
            return nil
        }
        guard let base = unsafe base, let offset else { return nil }
        return unsafe base + offset
    }

    /// Takes addresses back; false when they are not from here.
    func free(_ block: UnsafeMutableRawPointer, _ count: Int) -> Bool {
        let offset = unsafe base.map { unsafe block - $0 }
        return state.withLock { state in
            if let offset, count >= TensorHeap.leastBytes, state.holes.give(offset, TensorHeap.rounded(count)) {
                return true
            }
            state.other -= count
            return offset.map { $0 >= size / 2 && $0 < size } ?? false
        }
    }
}
