import Foundation
import Synchronization

/// The floats behind one or more tensors: memory of our own, or a part of a mapped file.
///
/// The pointer is written only by whoever made the storage or holds the only reference to it (see
/// `Tensor.makeUnique`), so sharing it between threads is safe.
@safe final class Storage: @unchecked Sendable {
    /// The first element.
    let base: UnsafeMutablePointer<Float>
    /// The number of elements.
    let count: Int
    /// Whether only some rows are ever read (`Tensor.markReadInPlaces`).
    let isReadInPlaces = Atomic<Bool>(false)
    /// Keeps a mapped file alive; the memory is then read-only and not ours to free.
    let owner: AnyObject?
    /// Where the addresses come from while nothing is computed.
    private let rehearsal: Rehearsal?

    /// Whether the memory is apart from the heap of tensors that come and go.
    private let isLasting: Bool

    /// Memory for `count` floats, not initialised, aligned to a cache line.
    ///
    /// - Parameter isLasting: whether it is made in the middle of a step and stays until the end: between tensors of the step, which are
    ///   freed, it would keep holes apart.
    init(count: Int, isLasting: Bool = false) {
        let bytes = max(1, count) * MemoryLayout<Float>.stride
        self.isLasting = isLasting
        rehearsal = Rehearsal.current
        let memory =
            unsafe rehearsal.map {
                unsafe $0.allocate(bytes, isLasting: isLasting) ?? Self.cleared(bytes, isLasting: isLasting)
            }
            ?? Self.allocate(bytes, isLasting: isLasting)
        unsafe base = memory.bindMemory(to: Float.self, capacity: max(1, count))
        self.count = count
        owner = nil
    }

    /// `count` floats at `base`, which `owner` keeps in place and nobody writes.
    init(readOnly base: UnsafePointer<Float>, count: Int, owner: AnyObject) {
        unsafe self.base = UnsafeMutablePointer(mutating: base)
        self.count = count
        self.owner = owner
        isLasting = false
        rehearsal = nil
    }

    /// The same memory as twice as many halves.
    var halves: UnsafeMutablePointer<UInt16> {
        unsafe UnsafeMutableRawPointer(base).assumingMemoryBound(to: UInt16.self)
    }

    deinit {
        guard owner == nil else { return }
        let bytes = max(1, count) * MemoryLayout<Float>.stride
        if let rehearsal, unsafe rehearsal.free(base, bytes) { return }
        if !isLasting, bytes >= TensorHeap.leastBytes, unsafe TensorHeap.shared.free(base, bytes) { return }
        unsafe free(base)
    }

    /// Zeros, for what nobody computes.
    private static func cleared(_ bytes: Int, isLasting: Bool) -> UnsafeMutableRawPointer {
        let memory = unsafe allocate(bytes, isLasting: isLasting)
        unsafe memset(memory, 0, bytes)
        return unsafe memory
    }

    private static func allocate(_ bytes: Int, isLasting: Bool) -> UnsafeMutableRawPointer {
        if !isLasting, bytes >= TensorHeap.leastBytes, let block = unsafe TensorHeap.shared.allocate(bytes) {
            return unsafe block
        }
        var memory: UnsafeMutableRawPointer?
        guard unsafe posix_memalign(&memory, 64, bytes) == 0, let memory = unsafe memory else {
            preconditionFailure("out of memory: \(bytes) bytes")
        }
        return unsafe memory
    }
}
