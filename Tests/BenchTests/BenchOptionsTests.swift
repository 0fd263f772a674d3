import Testing
import peftexp_bench

@Suite("The benchmark's command line")
struct BenchOptionsTests {
    private let known = ["products", "bert", "start"]

    private func options(_ words: String...) throws -> BenchOptions {
        guard case .measure(let options) = try BenchOptions.parse(words, known: known) else { return BenchOptions() }
        return options
    }

    @Test("All cases are measured three times and written")
    func defaults() throws {
        let options = try options()
        #expect(options.cases == nil)
        #expect(options.rounds == 3)
        #expect(options.name == "bench")
        #expect(options.python == "python3")
    }

    @Test("What is measured in part or in haste is written only under a name of its own")
    func names() throws {
        #expect(try options("--cases", "bert").name == nil)
        #expect(try options("--quick").name == nil)
        #expect(try options("--quick").rounds == 1)
        #expect(try options("--quick", "--name", "look").name == "look")
        #expect(try options("--name", "mine", "--cases", "bert,start").name == "mine")
    }

    @Test func values() throws {
        let options = try options(
            "--cases", "start,bert", "--rounds", "5", "--steps", "7", "--threads", "2", "--no-peer", "--json", "--data",
            "d")
        #expect(options.cases == ["start", "bert"])
        #expect(options.rounds == 5)
        #expect(options.steps == 7)
        #expect(options.threads == 2)
        #expect(options.python == nil)
        #expect(options.isJSON)
        #expect(options.data == "d")
    }

    @Test func help() throws {
        #expect(try BenchOptions.parse(["--rounds", "2", "-h"], known: known) == .help)
    }

    @Test(
        "A mistake is told with what would be right",
        arguments: [
            (["--cases", "brt"], "there is no case 'brt'; there are products, bert, start"),
            (["--cases", ","], "--cases needs names, as in --cases products"),
            (["--rounds", "0"], "--rounds must be a whole number from 1 to 100, not '0'"),
            (["--steps", "many"], "--steps must be a whole number from 1 to 10000, not 'many'"),
            (["--python"], "--python needs a value; see --help"),
            (["--name", "../up"], "--name must be a file name without an ending, not '../up'"),
            (["--fast"], "unknown option '--fast'; see --help"),
        ])
    func mistakes(words: [String], message: String) {
        let error = #expect(throws: BenchError.self) { try BenchOptions.parse(words, known: known) }
        #expect(error?.description == message)
        #expect(error?.isUsage == true)
    }
}
