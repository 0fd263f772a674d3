import Files
import Foundation
import Testing
import peftexp

/// Each in a process of its own, since signals and streams belong to the process.
@Suite("Signals and broken pipes")
struct ProcessTests {
    @Test func aFirstInterruptIsOnlyAFlagEvenSentTwiceAtOnce() async {
        await #expect(processExitsWith: .exitCode(3)) {
            Interrupt.install()
            guard Interrupt.outcome == nil else { exit(1) }
            send(SIGINT)
            send(SIGINT)
            exit(Interrupt.outcome == .interrupted ? 3 : 1)
        }
    }

    @Test func aSecondInterruptEndsAtOnce() async {
        await #expect(processExitsWith: .exitCode(130)) {
            Interrupt.install()
            send(SIGINT)
            usleep(250_000)
            send(SIGINT)
            // Another thread takes the signal.
            sleep(60)
            exit(1)
        }
    }

    @Test func terminationIsAFlagToo() async {
        await #expect(processExitsWith: .exitCode(143)) {
            Interrupt.install()
            send(SIGTERM)
            send(SIGTERM)
            exit(Interrupt.outcome?.rawValue ?? 1)
        }
    }

    @Test func nobodyReadsTheData() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let pipe = Pipe()
            dup2(pipe.fileHandleForWriting.fileDescriptor, 1)
            try pipe.fileHandleForReading.close()
            Console.standard().out("data\n")
            exit(1)
        }
    }

    @Test func nobodyReadsTheTalk() async {
        await #expect(processExitsWith: .exitCode(3)) {
            let pipe = Pipe()
            dup2(pipe.fileHandleForWriting.fileDescriptor, 2)
            try pipe.fileHandleForReading.close()
            Console.standard().talk("talk\n")
            exit(3)
        }
    }

    @Test func aFileLargerThanTheSystemAllowsIsAnError() async {
        await #expect(processExitsWith: .exitCode(3)) {
            _ = Console.standard()
            var limit = rlimit(rlim_cur: 8, rlim_max: 8)
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(1) }
            let folder = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString)").path
            try Folder.make(folder)
            defer { try? Folder.remove(folder) }
            do {
                try AtomicFile.write("more than eight bytes", to: "\(folder)/result.json")
            } catch let error as FileError {
                let isClean = try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty
                try Folder.remove(folder)
                exit(isClean && error.reason == .system(EFBIG) ? 3 : 1)
            }
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func aFullDiskBehindTheDataIsAnError() async {
        await #expect(processExitsWith: .exitCode(1)) {
            dup2(unsafe open("/dev/full", O_WRONLY), 1)
            Console.standard().out("data\n")
            exit(0)
        }
    }
}

/// Sends a signal to this process, and returns when one has been taken; the threads of a task do not take any themselves.
private func send(_ number: Int32) {
    kill(getpid(), number)
    while Interrupt.outcome == nil { usleep(1000) }
}
