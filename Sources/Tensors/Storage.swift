import CKernels
import Foundation

/// The floats behind one or more tensors: memory of our own, or a part of a mapped file.
///
/// The pointer is written only by whoever made the storage or holds the only reference to it (see
/// `Tensor.makeUnique`), so sharing it between threads is safe.
@safe final class Storage: @unchecked Sendable {
    /// The first element.
    let base: UnsafeMutablePointer<Float>
    /// The number of elements.
    let count: Int
    /// Keeps a mapped file alive; the memory is then read-only and not ours to free.
    let owner: AnyObject?

    /// Memory for `count` floats, not initialised, aligned to a cache line.
    init(count: Int) {
        _ = Self.heapIsKept
        var memory: UnsafeMutableRawPointer?
        let status = unsafe posix_memalign(&memory, 64, max(1, count) * MemoryLayout<Float>.stride)
        guard status == 0, let memory = unsafe memory else {
            preconditionFailure("out of memory: \(count) floats")
        }
        unsafe base = memory.bindMemory(to: Float.self, capacity: max(1, count))
        self.count = count
        owner = nil
    }

    /// `count` floats at `base`, which `owner` keeps in place and nobody writes.
    init(readOnly base: UnsafePointer<Float>, count: Int, owner: AnyObject) {
        unsafe self.base = UnsafeMutablePointer(mutating: base)
        self.count = count
        self.owner = owner
    }

    deinit {
        if owner == nil { unsafe free(base) }
    }

    /// Large blocks stay in the heap: giving each activation back to the system and faulting it in again would cost
    /// more than computing it.
    private static let heapIsKept: Void = pk_keep_heap()
}
