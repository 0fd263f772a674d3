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
            let time = Mutex(1000.0)
            let watch = ClaimWatch { time.withLock { $0 } }
            func pass(_ seconds: Double) { time.withLock { $0 += seconds } }
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
            #expect(try book.take("t", ClaimWatch { time.withLock { $0 } }) == nil, "a fresh watcher begins to count")
            #expect(try book.take("t", watch)?.generation == 2)
            #expect(try !distant.beat(), "it learns that it has lost the trial")
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
            let time = Mutex(0.0)
            let watch = ClaimWatch { time.withLock { $0 } }
            let book = ClaimBook(folder, lease: 30)
            #expect(try book.take("t", watch) == nil)
            time.withLock { $0 = 31 }
            #expect(try book.take("t", watch)?.generation == 2)
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        let record = ClaimRecord(.held, beat: 17, holder: .current, lease: 2.5)
        #expect(ClaimRecord(record.text) == record)
        #expect(record.text.hasPrefix("held 000000000017\n"))
    }
}
