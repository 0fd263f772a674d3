import Foundation
import Testing
import YAML

/// What a real model writes, which is not part of the project: `PEFTEXP_SHARED` names the folder that holds `models`.
@Suite("generate, a real model", .enabled(if: ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] != nil))
struct SharedGenerateTests {
    private let model = (ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] ?? "") + "/models/stories260k"
    private let story = """
        Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a \
        big, red ball. She wanted to play with it, but it was too high.
        """

    @Test("tells its story from the begin token on, with kept keys and values and without", arguments: [true, false])
    func story(usesCache: Bool) throws {
        try Workplace.with { place in
            let ending = try place.succeed(
                "generate", model, "--prompt", "", "--max-new-tokens", "61", "use_cache=\(usesCache)", "--json")
            let json = try JSONText.parse(ending.out, file: "out")
            #expect(json["text"]?.string == story)
            #expect(json["token_ids"]?.elements?.prefix(4).map(\.integer) == [403, 407, 261, 378])
        }
    }
}
