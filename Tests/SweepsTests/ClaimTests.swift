import Files
import Foundation
import Synchronization
import Testing

@testable import Sweeps

@Suite("Claims")
struct ClaimTests {
    /// A folder that exists while `body` runs.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "claims-\(UUID().uuidString)").path
        defer { try? Folder.remove(path) }
        try body(path)
    }

    /// A clock that goes when it is told to.
    private final class SetClock: MonotonicClock {
        private let time: Mutex<Double>

        init(_ seconds: Double) { time = Mutex(seconds) }

        var seconds: Double {
            get { time.withLock { $0 } }
            set { time.withLock { $0 = newValue } }
        }
    }

    /// A process on another machine.
    private let stranger = ProcessIdentity(host: "elsewhere", system: "another boot", pid: 12, start: 34)
    /// A process of this machine that has ended.
    private var dead: ProcessIdentity {
        var identity = ProcessIdentity.current
        identity.start -= 1
        return identity
    }

    @Test func thisProcessLives() {
        #expect(ProcessIdentity.current.life() == .alive)
        #expect(dead.life() == .dead)
        #expect(stranger.life() == .unknown)
    }

    @Test func oneOfManyGetsATrial() throws {
        try withFolder { folder in
            let wins = Mutex<[String: Int]>([:])
            let book = ClaimBook(folder)
            let claims = Mutex<[Claim]>([])
            DispatchQueue.concurrentPerform(iterations: 16) { _ in
                let watch = ClaimWatch()
                for trial in 0..<20 {
                    guard let claim = try? book.take("t\(trial)", watch) else { continue }
                    wins.withLock { $0["t\(trial)", default: 0] += 1 }
                    claims.withLock { $0.append(claim) }
                }
            }
            #expect(wins.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<20).map { ("t\($0)", 1) }))
        }
    }

    @Test func whatWasLetGoIsTakenByOne() throws {
        try withFolder { folder in
            let book = ClaimBook(folder)
            for round in 1...5 {
                let winners = Mutex<[Claim]>([])
                DispatchQueue.concurrentPerform(iterations: 8) { _ in
                    if let claim = try? book.take("t", ClaimWatch()) { winners.withLock { $0.append(claim) } }
                }
                let claims = winners.withLock { $0 }
                #expect(claims.map(\.generation) == [round])
                try claims.first?.release(isDone: false)
            }
        }
    }

    @Test func aDeadHoldersTrialIsTakenAtOnceByOne() throws {
        try withFolder { folder in
            let gone = try #require(try ClaimBook(folder, identity: dead).take("t", ClaimWatch()))
            #expect(gone.isHeld)
            let winners = Mutex(0)
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                if (try? ClaimBook(folder).take("t", ClaimWatch())) != nil { winners.withLock { $0 += 1 } }
            }
            #expect(winners.withLock { $0 } == 1)
            #expect(!gone.isHeld)
            #expect(try !gone.beat())
        }
    }

    @Test func whoCannotBeSeenIsWatchedForItsLease() throws {
        try withFolder { folder in
            let time = SetClock(1000)
            let watch = ClaimWatch(time)
            func pass(_ seconds: Double) { time.seconds += seconds }
            let distant = try #require(try ClaimBook(folder, identity: stranger, lease: 60).take("t", ClaimWatch()))
            let book = ClaimBook(folder, lease: 5)
            #expect(try book.state(of: "t", watch) == .held(by: stranger))
            pass(59)
            #expect(try book.take("t", watch) == nil, "its own lease counts, not ours")
            #expect(try distant.beat())
            #expect(try book.take("t", watch) == nil, "it has beaten")
            pass(59)
            #expect(try book.take("t", watch) == nil)
            pass(2)
            #expect(try book.take("t", ClaimWatch(time)) == nil, "a fresh watcher begins to count")
            #expect(try book.take("t", watch)?.generation == 2)
            #expect(try !distant.beat(), "it learns that it has lost the trial")
        }
    }

    @Test("Machines whose clocks have nothing in common agree on who holds a trial", arguments: [-1e9, 0, 1e9])
    func clocksThatDiffer(offset: Double) throws {
        try withFolder { folder in
            let (here, there) = (SetClock(5000), SetClock(5000 + offset))
            func pass(_ seconds: Double, atRate rate: Double = 1) {
                here.seconds += seconds
                there.seconds += seconds * rate
            }
            let (own, distant) = (ClaimBook(folder, lease: 60), ClaimBook(folder, identity: stranger, lease: 60))
            let (watch, distantWatch) = (ClaimWatch(here), ClaimWatch(there))
            let held = try #require(try distant.take("t", distantWatch))
            // As long as it beats, whatever the rates at which the clocks go, the trial stays its own.
            for _ in 0..<100 {
                pass(5, atRate: 1.5)
                #expect(try held.beat())
                #expect(try own.take("t", watch) == nil)
            }
            pass(61)
            let taken = try #require(try own.take("t", watch))
            #expect(try !held.beat() && taken.beat())
            #expect(try distant.take("t", distantWatch) == nil)
        }
    }

    @Test(
        "Who was halted takes its trial again, which fails where somebody else has, whatever a look at the folder says")
    func halted() throws {
        try withFolder { folder in
            let time = SetClock(0)
            let watch = ClaimWatch(time)
            let book = ClaimBook(folder, identity: stranger, lease: 60)
            let claim = try #require(try book.take("t", watch))
            time.seconds = 15
            #expect(try claim.beat())
            #expect(try Folder.names(in: "\(folder)/t") == ["1"])
            time.seconds = 45
            #expect(try claim.beat(), "nobody came in between")
            #expect(try Folder.names(in: "\(folder)/t").sorted() == ["1", "2"])
            #expect(claim.generation == 1, "it is the same attempt")
            #expect(try ClaimBook(folder).take("t", watch) == nil)
            time.seconds = 70
            let other = try #require(try ClaimBook(folder, identity: dead).take("u", watch))
            #expect(try ClaimBook(folder).take("u", watch)?.generation == 2)
            time.seconds = 200
            #expect(try !other.beat() && !other.isHeld)
            try claim.release(isDone: true)
            #expect(try book.state(of: "t", watch) == .done)
        }
    }

    @Test("A process of this machine that holds a trial for too long can be found and ended; this one is not")
    func overdue() throws {
        try withFolder { folder in
            let program = Process()
            program.executableURL = URL(filePath: "/bin/sleep")
            program.arguments = ["1000"]
            try program.run()
            defer { program.terminate() }
            let sleeper = try #require(ProcessIdentity(of: program.processIdentifier))
            let (time, book) = (SetClock(0), ClaimBook(folder))
            let watch = ClaimWatch(time)
            _ = try #require(try ClaimBook(folder, identity: sleeper).take("t", watch))
            #expect(try book.holder(of: "t", after: 10, watch) == nil, "it is seen for the first time")
            time.seconds = 11
            let (holder, generation) = try #require(try book.holder(of: "t", after: 10, watch))
            #expect(holder == sleeper && generation == 1 && holder.isWithinReach())
            holder.end()
            program.waitUntilExit()
            #expect(program.terminationStatus == SIGKILL)
            #expect(!holder.isWithinReach() && !stranger.isWithinReach() && !ProcessIdentity.current.isWithinReach())
            #expect(try book.take("t", watch)?.generation == 2)
            #expect(try book.holder(of: "nothing", after: 0, watch) == nil)
        }
    }

    @Test func clocksThatJumpDoNoHarm() throws {
        try withFolder { folder in
            let distant = try #require(try ClaimBook(folder, identity: stranger).take("t", ClaimWatch()))
            _ = try distant.beat()
            for date in [Date.distantPast, Date(timeIntervalSinceNow: 1e8)] {
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: "\(folder)/t/1")
                #expect(try ClaimBook(folder).take("t", ClaimWatch()) == nil)
            }
        }
    }

    @Test func whoSawTheTrialLongAgoTakesNothingAway() throws {
        try withFolder { folder in
            let book = ClaimBook(folder)
            let old = try #require(try ClaimBook(folder, identity: dead).take("t", ClaimWatch()))
            #expect(old.generation == 1)
            // Somebody takes it over while another still believes the first to be in force.
            let current = try #require(try book.take("t", ClaimWatch()))
            #expect(try ClaimFile("held 0\n{}\n", at: book.path("t", 2)) == nil)
            #expect(current.isHeld)
        }
    }

    @Test("A claim is made once, with links and without", arguments: [true, false])
    func onceOnly(usesLinks: Bool) throws {
        try withFolder { folder in
            try Folder.make(folder)
            let files = Mutex<[ClaimFile]>([])
            DispatchQueue.concurrentPerform(iterations: 16) { index in
                let file = try? ClaimFile("held \(index)\n", at: "\(folder)/1", usesLinks: usesLinks)
                if let file { files.withLock { $0.append(file) } }
            }
            #expect(files.withLock { $0.count } == 1)
            try files.withLock { $0.first }?.write("free")
            #expect(try FileContents.text(at: "\(folder)/1").hasPrefix("free "))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["1"])
        }
    }

    @Test func aTrialThatIsDoneSaysSo() throws {
        try withFolder { folder in
            let book = ClaimBook(folder)
            #expect(try book.state(of: "t", ClaimWatch()) == .free)
            try #require(try book.take("t", ClaimWatch())).release(isDone: true)
            #expect(try book.state(of: "t", ClaimWatch()) == .done)
        }
    }

    @Test("A damaged claim is held by somebody unknown", arguments: ["", "held", "held 1\n{", "\u{0}\u{0}\n\u{0}"])
    func damage(text: String) throws {
        try withFolder { folder in
            try Folder.make("\(folder)/t")
            try AtomicFile.write(text, to: "\(folder)/t/1")
            let time = SetClock(0)
            let watch = ClaimWatch(time)
            let book = ClaimBook(folder, lease: 30)
            #expect(try book.take("t", watch) == nil)
            time.seconds = 31
            #expect(try book.take("t", watch)?.generation == 2)
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        let record = ClaimRecord(.held, beat: 17, holder: .current, lease: 2.5)
        #expect(ClaimRecord(record.text) == record)
        #expect(record.text.hasPrefix("held 000000000017\n"))
    }
}
