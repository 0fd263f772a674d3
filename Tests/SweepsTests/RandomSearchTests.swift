import Testing
import YAML

@testable import Sweeps

@Suite("Random draws")
struct RandomSearchTests {
    private func draws(count: Int, seed: Int = 0, _ parameters: String) throws -> [String] {
        try SweepText.trials("random: {count: \(count), seed: \(seed), parameters: {\(parameters)}}")
    }

    private func numbers(_ distribution: String) throws -> [Double] {
        try draws(count: 400, "a: {\(distribution)}").map { text in
            try #require(Double(text.dropFirst(2)), "\(text)")
        }
    }

    @Test func theSameSeedGivesTheSameDraws() throws {
        let parameters = "a: {uniform: [0, 1]}"
        #expect(try draws(count: 20, parameters) == draws(count: 20, parameters))
        #expect(try draws(count: 20, parameters) != draws(count: 20, seed: 1, parameters))
        #expect(try Set(draws(count: 20, parameters)).count == 20)
    }

    @Test func moreDrawsAndMoreParametersLeaveTheFirstOnesAsTheyWere() throws {
        let few = try draws(count: 5, "a: {uniform: [0, 1]}")
        #expect(try Array(draws(count: 9, "a: {uniform: [0, 1]}").prefix(5)) == few)
        let both = try draws(count: 5, "b: {choice: [1, 2]}, a: {uniform: [0, 1]}")
        #expect(zip(few, both).allSatisfy { $1.hasSuffix(" \($0)") })
        // Recorded: a change of the generator would make runs of old sweeps new.
        #expect(few.first == "a=0.1866")
    }

    @Test func uniform() throws {
        let values = try numbers("uniform: [-1, 3]")
        #expect(values.allSatisfy { (-1...3).contains($0) })
        #expect(abs(values.reduce(0, +) / 400 - 1) < 0.2)
        #expect((values.min() ?? 0) < -0.9 && (values.max() ?? 0) > 2.9)
    }

    @Test func logUniformHasAsManyInEachDecade() throws {
        let values = try numbers("log_uniform: [1e-4, 1e-1]")
        #expect(values.allSatisfy { (1e-4...1e-1).contains($0) })
        for decade in [1e-4..<1e-3, 1e-3..<1e-2, 1e-2..<1e-1] {
            #expect((100...170).contains(values.count { decade.contains($0) }))
        }
    }

    @Test func integersIncludeBothEnds() throws {
        #expect(try Set(numbers("integer: [2, 5]")) == [2, 3, 4, 5])
        #expect(try Set(numbers("integer: [7, 7]")) == [7])
        #expect(try numbers("integer: [-9223372036854775808, 9223372036854775807]").count == 400)
    }

    @Test func choicesMayBeAnything() throws {
        let values = try draws(count: 50, "peft: {choice: [{peft_type: LORA}, {peft_type: BITFIT}, null]}")
        #expect(Set(values) == ["peft={peft_type: LORA}", "peft={peft_type: BITFIT}", "peft=null"])
    }
}
