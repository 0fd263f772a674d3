import CKernels
import Foundation
import Synchronization

/// Threads that help with the blocks of one operator at a time.
///
/// An operator takes a fraction of a millisecond, and the next one follows at once: a thread that slept in between would come late to each.
/// So one without work looks for some for a while before it sleeps. Whoever asks for help never waits for a thread that
/// has not begun.
@safe final class Workers: @unchecked Sendable {
    /// Those of this process.
    static let shared = Workers()

    /// One thread.
    private final class Worker: Sendable {
        /// From 1 on.
        let number: Int
        let isAsleep = Atomic<Bool>(false)
        let wake = DispatchSemaphore(value: 0)

        init(_ number: Int) { self.number = number }
    }

    /// What is asked of the threads, in one word: the number of the job, how many may be at it at the same time, how many are, and whether it
    /// is open.
    private struct Ticket {
        static let open: UInt64 = 1, joined: UInt64 = 2
        let bits: UInt64

        init(bits: UInt64) { self.bits = bits }
        init(job: UInt64, limit: Int) { bits = job << 32 | UInt64(limit) << 16 | Self.open }

        var job: UInt64 { bits >> 32 }
        var active: UInt64 { bits >> 1 & 0x7FFF }
        var isOpen: Bool { bits & Self.open != 0 && active < bits >> 16 & 0x7FFF }
    }

    private let isTaken = Atomic<Bool>(false)
    private let ticket = Atomic<UInt64>(0)
    /// Written only while the ticket is closed and nobody is active.
    private var work: (@Sendable (_ thread: Int) -> Void)?
    /// Touched by whoever has taken the threads.
    private var workers: [Worker] = []

    init() {}

    /// Calls `body` on this thread and on up to `helpers` others at the same time, and returns when all calls have.
    ///
    /// - Parameter body: is told which thread runs it: 0 for the caller's own, and always the same other number for each helper.
    /// - Returns: false, without a call, when the threads are helping someone else.
    func help(_ helpers: Int, _ body: @Sendable (_ thread: Int) -> Void) -> Bool {
        guard isTaken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
            return false
        }
        defer { isTaken.store(false, ordering: .releasing) }
        let limit = min(helpers, 0x7FFF)
        while workers.count < limit { workers.append(start()) }
        withoutActuallyEscaping(body) { body in
            work = body
            let last = Ticket(bits: ticket.load(ordering: .relaxed)).job
            ticket.store(Ticket(job: (last + 1) & 0xFFFF_FFFF, limit: limit).bits, ordering: .sequentiallyConsistent)
            for worker in workers.prefix(limit)
            where worker.isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
                worker.wake.signal()
            }
            body(0)
            ticket.bitwiseAnd(~Ticket.open, ordering: .acquiringAndReleasing)
            var looks = 0
            while Ticket(bits: ticket.load(ordering: .acquiring)).active > 0 {
                looks += 1
                pk_pause()
                if looks % 1024 == 0 { sched_yield() }
            }
            work = nil
        }
        return true
    }

    private func start() -> Worker {
        let worker = Worker(workers.count + 1)
        let thread = Thread { self.serve(worker) }
        thread.name = "worker"
        thread.stackSize = 8 << 20
        thread.start()
        return worker
    }

    /// What a thread does.
    private func serve(_ worker: Worker) {
        var last: UInt64 = 0
        while true {
            var since: UInt64?
            while !joins(&last) {
                for _ in 0..<64 {
                    if isWaiting(beyond: last) { break }
                    pk_pause()
                }
                let now = DispatchTime.now().uptimeNanoseconds
                guard now - (since ?? now) > Self.patience else {
                    since = since ?? now
                    continue
                }
                since = nil
                worker.isAsleep.store(true, ordering: .sequentiallyConsistent)
                // Who has taken the mark away has given a signal, or is about to.
                if isWaiting(beyond: last), worker.isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
                    continue
                }
                worker.wake.wait()
            }
            perform(worker.number)
            ticket.wrappingSubtract(Ticket.joined, ordering: .acquiringAndReleasing)
        }
    }

    /// How long a thread looks for work before it sleeps, in nanoseconds.
    private static let patience: UInt64 = 100_000

    /// Whether there is a job other than `last` that takes one more.
    private func isWaiting(beyond last: UInt64) -> Bool {
        let ticket = Ticket(bits: ticket.load(ordering: .sequentiallyConsistent))
        return ticket.isOpen && ticket.job != last
    }

    private func joins(_ last: inout UInt64) -> Bool {
        let seen = Ticket(bits: ticket.load(ordering: .acquiring))
        guard seen.isOpen, seen.job != last else { return false }
        let (joined, _) = ticket.compareExchange(
            expected: seen.bits, desired: seen.bits + Ticket.joined, ordering: .acquiringAndReleasing)
        if joined { last = seen.job }
        return joined
    }

    /// The work is let go of before the thread says that it is done.
    @inline(never)
    private func perform(_ thread: Int) { work?(thread) }
}
