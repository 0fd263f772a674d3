import Foundation
import Testing
import YAML

/// The built benchmark, started in an empty folder; how fast anything is does not matter here.
@Suite("The benchmark as a program")
struct BenchProgramTests {
    @Test("It measures what it can, tells what is missing, and writes under the name that is given")
    func report() throws {
        try Self.inFolder { folder in
            let ending = try Self.run(
                folder, "--cases", "products,sst2-lora", "--quick", "--no-peer", "--json", "--name", "look", "--models",
                ".")
            #expect(ending.status == 0)
            let cases = try #require(try JSONText.parse(ending.out, file: "output")["cases"]?.elements)
            let rates = try #require(cases[0]["entrants"]?.elements?[0]["product_operations_per_second"]?.elements)
            #expect(try #require(rates[0].number) > 0)
            let reason = try #require(cases[1]["skipped"]?.string)
            #expect(reason.hasPrefix("there is no"))
            let written = try String(contentsOfFile: "\(folder)/results/benchmarks/look.json", encoding: .utf8)
            #expect(written == ending.out)
            let page = try String(contentsOfFile: "\(folder)/results/benchmarks/look.md", encoding: .utf8)
            #expect(page.contains("Skipped: \(reason)"))
        }
    }

    @Test("A mistake on the command line ends it with 2, and nothing is measured")
    func mistake() throws {
        try Self.inFolder { folder in
            let ending = try Self.run(folder, "--data", "nowhere")
            #expect(ending.status == 2)
            #expect(ending.talk == "peftexp-bench: error: --data: there is no folder 'nowhere'\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private static func run(_ folder: String, _ words: String...) throws -> (status: Int32, out: String, talk: String) {
        // The program stands beside the bundle of the tests.
        let bundles = Bundle.allBundles.map(\.bundlePath).filter { $0.hasSuffix(".xctest") }
        let candidates = (bundles + CommandLine.arguments.prefix(1)).map {
            URL(filePath: $0).deletingLastPathComponent().appending(path: "peftexp-bench")
        }
        let process = Process()
        let found = candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }
        let program: URL = try #require(found, "no program in \(candidates)")
        process.executableURL = program
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ["PATH": "/usr/bin:/bin", "PEFTEXP_CACHE": "\(folder)/cache"]
        let (out, talk) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (out, talk)
        try process.run()
        let text = try out.fileHandleForReading.readToEnd() ?? Data()
        let said = try talk.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: said, as: UTF8.self))
    }
}
