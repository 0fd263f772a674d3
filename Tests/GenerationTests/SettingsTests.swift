import Configuration
import Testing
import YAML

@testable import Generation

@Suite("Settings of generation")
struct SettingsTests {
    private func settings(_ text: String, _ defaults: GenerationDefaults? = nil) throws -> GenerationSettings {
        var diagnostics = Diagnostics()
        let node = try YAMLText.parse(text, file: "manifest.yaml")
        let settings = GenerationSettings(defaults?.completed(node) ?? node, &diagnostics)
        try diagnostics.check()
        return settings
    }

    private func checkpoint(_ generation: String?, config: String = "{}") throws -> GenerationDefaults {
        try GenerationDefaults(
            checkpoint: try generation.map { try JSONText.parse($0, file: "generation_config.json") },
            config: try JSONText.parse(config, file: "config.json"))
    }

    @Test("a checkpoint's hold where none is given, and its end token is one")
    func defaults() throws {
        let defaults = try checkpoint(
            #"{"do_sample": true, "temperature": 0.6, "top_p": 0.9, "eos_token_id": [2, 5], "transformers_version": "4.57.6", "typical_p": 1.0}"#,
            config: #"{"eos_token_id": 7}"#)
        let all = try settings("{top_p: 0.5}", defaults)
        #expect(all.samples && all.temperature == 0.6 && all.topP == 0.5 && all.endIDs == [2, 5])
        #expect(try settings("{}", try checkpoint(nil, config: #"{"eos_token_id": 7}"#)).endIDs == [7])
        #expect(try settings("{}", try checkpoint(nil)).endIDs == nil)
    }

    @Test("a checkpoint's way of drawing goes when nothing is to be drawn")
    func choices() throws {
        let drawing = try checkpoint(#"{"do_sample": true, "temperature": 0.6, "top_k": 7, "max_length": 90}"#)
        let greedy = try settings("{do_sample: false, max_new_tokens: 3}", drawing)
        #expect(greedy.temperature == 1 && greedy.maxLength == nil && greedy.contradictions.isEmpty)
        let beams = try settings("{num_beams: 4}", drawing)
        #expect(beams.samples && beams.topK == 7 && beams.beamCount == 4 && beams.contradictions.isEmpty)
        let searching = try checkpoint(#"{"num_beams": 4, "length_penalty": 2.0, "num_return_sequences": 3}"#)
        let drawn = try settings("{do_sample: true}", searching)
        #expect(drawn.samples && drawn.beamCount == 4 && drawn.contradictions.isEmpty)
        let single = try settings("{do_sample: true, num_beams: 1}", searching)
        #expect(single.beamCount == 1 && single.sequenceCount == 1 && single.contradictions.isEmpty)
        #expect(try settings("{}", searching).sequenceCount == 3)
    }

    @Test("an older checkpoint says in its configuration how it writes; a newer one in a file of its own")
    func older() throws {
        let config = #"{"hidden_size": 8, "do_sample": true, "temperature": 0.5, "eos_token_id": 7, "num_beams": 1}"#
        let old = try settings("{}", try checkpoint(nil, config: config))
        #expect(old.samples && old.temperature == 0.5 && old.endIDs == [7])
        #expect(try !settings("{}", try checkpoint("{}", config: config)).samples)
        let error = #expect(throws: GenerationError.self) { try checkpoint(nil, config: #"{"typical_p": 0.2}"#) }
        #expect(error?.description.hasPrefix("config.json:1:2: 'typical_p' is not supported") == true)
    }

    @Test("a setting that only transformers has is said to be that")
    func unknown() throws {
        let error = #expect(throws: Diagnostics.self) { try settings("{num_beam_groups: 2}") }
        #expect(error?.description.contains("unknown key 'num_beam_groups'; it is a setting of transformers'") == true)
        let slip = #expect(throws: Diagnostics.self) { try settings("{num_beems: 2}") }
        #expect(slip?.description.contains("did you mean 'num_beams'?") == true)
    }

    @Test(
        "a key of a checkpoint that would change the text and is not there is refused by name",
        arguments: [
            #"{"typical_p": 0.9}"#, #"{"num_beam_groups": 2}"#, #"{"suppress_tokens": [1]}"#,
            #"{"bad_words_ids": [[3]]}"#,
            #"{"forced_eos_token_id": 2}"#, #"{"penalty_alpha": 0.6}"#,
        ])
    func unsupported(text: String) throws {
        let error = #expect(throws: GenerationError.self) { try checkpoint(text) }
        let key = try #require(text.split(separator: "\"").dropFirst().first)
        #expect(error?.description.contains("generation_config.json:1:2: '\(key)' is not supported") == true)
    }

    @Test(
        "what counts for nothing is told",
        arguments: [
            ("{temperature: 0.5}", "temperature"), ("{top_k: 3}", "top_k"), ("{top_p: 0.9}", "top_p"),
            ("{min_p: 0.1}", "min_p"), ("{length_penalty: 2}", "length_penalty"),
            ("{early_stopping: true}", "early_stopping"), ("{num_return_sequences: 2}", "num_return_sequences"),
            ("{num_beams: 2, num_return_sequences: 3}", "num_return_sequences"),
            ("{num_beams: 2, do_sample: true, num_return_sequences: 3}", "num_return_sequences"),
            ("{max_new_tokens: 3, min_new_tokens: 4}", "min_new_tokens"),
            ("{max_length: 3, min_length: 4}", "min_length"), ("{stop_strings: ['a', '']}", "stop_strings"),
        ])
    func contradictions(text: String, key: String) throws {
        #expect(try settings(text).contradictions.map(\.key) == [key])
    }

    @Test("settings that go together are not told")
    func sound() throws {
        for text in [
            "{}", "{do_sample: true, temperature: 0.5, num_return_sequences: 7}",
            "{num_beams: 3, do_sample: true, temperature: 0.5, num_return_sequences: 3}",
            "{num_beams: 3, length_penalty: 0.5, early_stopping: never, num_return_sequences: 3}",
            "{stop_strings: 'x', eos_token_id: 4}",
        ] { #expect(try settings(text).contradictions.isEmpty, "\(text)") }
    }

    @Test("what is written is read again")
    func roundTrip() throws {
        var given = GenerationSettings()
        (given.maxNewTokens, given.earlyStopping, given.beamCount) = (9, .second(.never), 4)
        (given.endIDs, given.stopStrings, given.minP) = ([3, 4], .names(["a"]), 0.25)
        #expect(try settings(given.node().yamlText) == given)
    }
}
