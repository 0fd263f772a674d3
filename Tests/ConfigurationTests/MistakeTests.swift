import Configuration
import Testing
import YAML

@Suite struct MistakeTests {
    @Test(arguments: [
        ("sede: 1", "4:1: error: unknown key 'sede'; did you mean 'seed'?"),
        (
            "train: {lerning_rate: 1}",
            "4:9: error: unknown key 'lerning_rate' in 'train'; did you mean 'learning_rate'?"
        ),
        ("learning_rate: 1", "4:1: error: unknown key 'learning_rate'; did you mean 'train.learning_rate'?"),
        ("training: {}", "4:1: error: unknown key 'training'; did you mean 'train'?"),
        (
            "data: {zzz: 1}",
            "4:8: error: unknown key 'zzz' in 'data'; the keys are format, max_train_samples, note"
        ),
        ("train: 5", "4:8: error: 'train' must be a section of keys and values, not '5'"),
        ("train: [5]", "4:8: error: 'train' must be a section of keys and values, not a list"),
        ("seed: abc", "4:7: error: 'seed' must be an integer of at least 0, not 'abc'"),
        ("seed: -1", "4:7: error: 'seed' must be an integer of at least 0, not '-1'"),
        ("seed: 1e3", "4:7: error: 'seed' must be an integer of at least 0, not '1e3'; write 1000"),
        (
            "seed: '8'",
            "4:7: error: 'seed' must be an integer of at least 0, not the text \"8\"; write it without quotes"
        ),
        ("seed:", "4:6: error: 'seed' must be an integer of at least 0, not nothing"),
        ("seed: {}", "4:7: error: 'seed' must be an integer of at least 0, not a section"),
        ("train: {learning_rate: 0}", "4:24: error: 'train.learning_rate' must be a number above 0, not '0'"),
        ("train: {learning_rate: .inf}", "4:24: error: 'train.learning_rate' must be a number above 0, not '.inf'"),
        ("train: {learning_rate: x}", "4:24: error: 'train.learning_rate' must be a number above 0, not 'x'"),
        ("train: {dropout: 1}", "4:18: error: 'train.dropout' must be a number from 0 to below 1, not '1'"),
        (
            "train: {num_train_epochs: 0}",
            "4:27: error: 'train.num_train_epochs' must be an integer from 1 to 1000, not '0'"
        ),
        ("train: {shuffle: no}", "4:18: error: 'train.shuffle' must be true or false, not 'no'; write false"),
        (
            "data: {format: Sqaud}",
            "4:16: error: 'data.format' must be one of squad, csv, not 'Sqaud'; did you mean 'squad'?"
        ),
        ("data: {note: [1]}", "4:14: error: 'data.note' must be text, not a list"),
    ])
    func oneMistake(line: String, message: String) {
        let (manifest, diagnostics) = read(sound + line)
        #expect(diagnostics.errors.map(\.description) == ["/m/a.yaml:" + message])
        let (intact, _) = read(sound)
        #expect(manifest == intact)
    }

    @Test(arguments: [
        ("{}", "1:7: error: missing 'peft.peft_type'; it is one of LORA, PREFIX_TUNING, FULL"),
        ("", "1:6: error: missing 'peft.peft_type'; it is one of LORA, PREFIX_TUNING, FULL"),
        (
            "{peft-type: LORA}",
            "1:8: error: unknown key 'peft-type' in 'peft'; did you mean 'peft_type'? "
                + "it is one of LORA, PREFIX_TUNING, FULL"
        ),
        (
            "{peft_type: prefix-tunning}",
            "1:19: error: 'peft.peft_type' must be one of LORA, PREFIX_TUNING, FULL, not 'prefix-tunning'; "
                + "did you mean 'PREFIX_TUNING'?"
        ),
        (
            "{peft_type: PREFIX_TUNING, r: 8}",
            "1:34: error: 'peft.r' is no key of PREFIX_TUNING; it belongs to LORA"
        ),
        (
            "{peft_type: LORA, rank: 8, lora_alhpa: 1}",
            "1:25: error: unknown key 'rank' in 'peft'; the keys are r, lora_alpha",
        ),
        ("{peft_type: LORA, r: 0}", "1:28: error: 'peft.r' must be an integer from 1 to 1024, not '0'"),
        ("LORA", "1:7: error: 'peft' must be a section with the key 'peft_type', not 'LORA'"),
    ])
    func mistakesInATaggedSection(value: String, message: String) {
        let (_, diagnostics) = read("peft: \(value)\nname: x\nmodel: {path: x}")
        #expect(diagnostics.errors.first?.description == "/m/a.yaml:" + message)
    }

    @Test func missingKeysAndSectionsAreNamedWithTheirMeaning() {
        let (_, diagnostics) = read("model: {dtype: float32}")
        #expect(
            diagnostics.errors.map(\.description) == [
                "/m/a.yaml:1:8: error: missing 'model.path': The folder of the checkpoint.",
                "/m/a.yaml:1:1: error: missing 'name': Names the folder of the results.",
                "/m/a.yaml:1:1: error: missing 'peft': The method.",
            ])
        let (_, empty) = read("")
        #expect(empty.errors.map(\.message).contains("missing 'model': The backbone."))
    }

    @Test func allMistakesComeAtOnceSortedWithLineAndCaret() {
        let (_, diagnostics) = read(
            """
            nmae: x
            model: {path: b, dtype: "中文", tokeniser: y}
            train:
              num_train_epochs: many
            peft: {peft_type: LORA}

            """, overrides: ["seed=-4", "train.dropout=2", "oops"])
        #expect(
            diagnostics.description == """
                /m/a.yaml:1:1: error: unknown key 'nmae'; did you mean 'name'?
                    nmae: x
                    ^
                /m/a.yaml:2:25: error: 'model.dtype' must be one of float32, bfloat16, not the text "中文"
                    model: {path: b, dtype: "中文", tokeniser: y}
                                            ^
                /m/a.yaml:2:31: error: unknown key 'tokeniser' in 'model'; did you mean 'tokenizer'?
                    model: {path: b, dtype: "中文", tokeniser: y}
                                                    ^
                /m/a.yaml:4:21: error: 'train.num_train_epochs' must be an integer from 1 to 1000, not 'many'
                      num_train_epochs: many
                                        ^
                command line:1:6: error: 'seed' must be an integer of at least 0, not '-4'
                    seed=-4
                         ^
                command line:2:15: error: 'train.dropout' must be a number from 0 to below 1, not '2'
                    train.dropout=2
                                  ^
                command line:3:1: error: an override has the form key=value, on one line
                    oops
                    ^
                """)
    }

    @Test func duplicateKeysDoNotHideOtherMistakes() {
        let (manifest, diagnostics) = read(sound + "seed: 1\nname: again\nsede: 2\nseed: x")
        #expect(
            diagnostics.sorted.map(\.description) == [
                "/m/a.yaml:5:1: error: duplicate key 'name'; it stands first on line 1",
                "/m/a.yaml:6:1: error: unknown key 'sede'; did you mean 'seed'?",
                "/m/a.yaml:7:1: error: duplicate key 'seed'; it stands first on line 4",
            ])
        #expect(manifest.name == "squad")
    }

    @Test func aTextThatCannotBeReadIsShownToo() {
        let (_, diagnostics) = read("name: x\n\tseed: 1\n")
        #expect(
            diagnostics.description == """
                /m/a.yaml:2:1: error: a tab cannot indent YAML; use spaces
                    \tseed: 1
                    ^
                """)
        #expect(throws: Diagnostics.self) { try diagnostics.check() }
    }

    @Test func crossChecksPointAtTheirKey() throws {
        var diagnostics = Diagnostics()
        let parsed = diagnostics.parse(sound.utf8, file: "a.yaml")
        let root = try #require(parsed)
        #expect(root.location(of: "peft.num_virtual_tokens") == SourceLocation(file: "a.yaml", line: 3, column: 54))
        #expect(root.location(of: "peft.r") == SourceLocation(file: "a.yaml", line: 3, column: 7))
        #expect(root.location(of: "train.max_steps") == SourceLocation(file: "a.yaml", line: 1, column: 1))
        diagnostics.error(at: root.location(of: "peft.num_virtual_tokens"), "too long")
        #expect(diagnostics.description.hasPrefix("a.yaml:3:54: error: too long\n    peft: "))
    }

    @Test func ofALongLineOnlyThePlaceIsShown() {
        let letters = String(repeating: "x", count: 5000)
        let numbers = String(repeating: "1, ", count: 900)
        let text = #"{"name": "\#(letters)", "sede": 1, "z": [\#(numbers)1]}"#
        let (_, diagnostics) = read(text, file: "/m/a.json")
        let lines = diagnostics.description.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count < 250 })
        #expect(lines.contains { $0.contains("…") && $0.contains("\"sede\"") })
    }
}
