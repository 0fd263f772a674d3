import Testing

/// Mistakes in a manifest: each is told with its place, its line and a caret, all of them in one go; the status is 2, and
/// nothing is written.
@Suite("Bad manifests")
struct BadManifestTests {
    /// Changes to the tiny manifest, and what the program then says, without lines and carets.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let changes: KeyValuePairs<String, String>
        let messages: [String]

        init(_ description: String, _ changes: KeyValuePairs<String, String>, _ messages: String...) {
            testDescription = description
            self.changes = changes
            self.messages = messages
        }
    }

    static let mistakes = [
        Mistake(
            "a misspelt key, in every section",
            [
                "seed: 7": "sede: 7", "path: model": "pth: model", "doc_stride": "doc_strid",
                "train: train": "trian: train",
                "num_virtual_tokens": "num_virtual_token", "learning_rate": "learning_rat",
            ],
            "3:1: error: unknown key 'sede'; did you mean 'seed'?",
            "5:3: error: unknown key 'pth' in 'model'; did you mean 'path'?",
            "9:3: error: unknown key 'doc_strid' in 'task'; did you mean 'doc_stride'?",
            "12:3: error: unknown key 'trian' in 'data'; did you mean 'train'?",
            "16:3: error: unknown key 'num_virtual_token' in 'peft'; did you mean 'num_virtual_tokens'?",
            "20:3: error: unknown key 'learning_rat' in 'train'; did you mean 'learning_rate'?"),
        Mistake(
            "a wrong type", ["seed: 7": "seed: seven", "doc_stride: 8": "doc_stride: [8]", "1.0e-2": "\"1.0e-2\""],
            "3:7: error: 'seed' must be an integer from 0 to 2147483647, not 'seven'",
            "9:15: error: 'task.doc_stride' must be an integer from 0 to 1048576, not a list",
            "20:18: error: 'train.learning_rate' must be a number above 0 and at most 1000, not the text \"1.0e-2\"; "
                + "write it without quotes"),
        Mistake(
            "a value out of range", ["seed: 7": "seed: -1", "tokens: 4": "tokens: 0", "1.0e-2": "0"],
            "3:7: error: 'seed' must be an integer from 0 to 2147483647, not '-1'",
            "16:23: error: 'peft.num_virtual_tokens' must be an integer from 1 to 4096, not '0'",
            "20:18: error: 'train.learning_rate' must be a number above 0 and at most 1000, not '0'"),
        Mistake(
            "a missing file", ["path: model": "path: modle", "train.json": "nothing.json", "eval.json": "model"],
            "5:9: error: there is no folder 'HERE/modle'", "12:10: error: there is no file 'HERE/nothing.json'",
            "13:9: error: 'HERE/model' is a folder, not a file"),
        Mistake(
            "a missing section",
            ["model:\n  path: model\n": "", "peft:\n  peft_type: PREFIX_TUNING\n  num_virtual_tokens: 4\n": ""],
            "2:1: error: missing 'model': The pretrained model.", "2:1: error: missing 'peft': how the model is tuned"),
        Mistake(
            "a missing key",
            [
                "name: tiny\n": "", "  format: squad\n": "", "  peft_type: PREFIX_TUNING\n": "",
                "task_type: QUESTION_ANS\n  ": "",
            ],
            "2:1: error: missing 'name': Name of the experiment; its results stand in a folder of this name.",
            "6:3: error: missing 'task.task_type'; it is one of HEADS",
            "9:3: error: missing 'data.format'; it is one of FORMATS",
            "12:3: error: missing 'peft.peft_type'; it is one of TUNERS"),
        Mistake(
            "a duplicate key, beside another mistake",
            ["seed: 7": "seed: 7\nseed: 8", "doc_stride: 8": "doc_stride: 8\n  doc_stride: 9", "1.0e-2": "fast"],
            "4:1: error: duplicate key 'seed'; it stands first on line 3",
            "11:3: error: duplicate key 'doc_stride'; it stands first on line 10",
            "22:18: error: 'train.learning_rate' must be a number above 0 and at most 1000, not 'fast'"),
        Mistake("a tab", ["  doc_stride": "\tdoc_stride"], "9:1: error: a tab cannot indent YAML; use spaces"),
        Mistake(
            "a prefix that exceeds the positions with the sequence, beside another mistake",
            ["tokens: 4": "tokens: 25", "learning_rate": "learning_rat"],
            "8:19: error: 40 tokens and a prefix of 25 are more than the model's 64 positions; "
                + "lower task.max_seq_length to 39",
            "20:3: error: unknown key 'learning_rat' in 'train'; did you mean 'learning_rate'?"),
        Mistake(
            "a length that nobody wrote down", ["  max_seq_length: 40\n": ""],
            "15:23: error: 384 tokens and a prefix of 4 are more than the model's 64 positions; "
                + "lower task.max_seq_length to 60"),
        Mistake(
            "what is not known", ["PREFIX_TUNING": "PREFIX_TUNNING", "QUESTION_ANS": "QUESTION", "squad": "sqad"],
            "7:14: error: 'task.task_type' must be one of HEADS, not 'QUESTION'; did you mean 'QUESTION_ANS'?",
            "11:11: error: 'data.format' must be one of FORMATS, not 'sqad'; "
                + "did you mean 'squad'?",
            "15:14: error: 'peft.peft_type' must be one of TUNERS, not 'PREFIX_TUNNING'; "
                + "did you mean 'PREFIX_TUNING'?"),
        Mistake(
            "a name that would lead elsewhere", ["name: tiny": "name: ../tiny"],
            "2:7: error: '../tiny' cannot be a folder's name; use letters, digits, '-', '_' and '.'"),
        Mistake(
            "a section of the future", ["seed: 7": "seed: 7\ndistill: {temperature: 2}"],
            "4:1: error: unknown key 'distill'; the keys are name, seed, model, task, data, peft, train, generation, sweep"
        ),
        Mistake(
            "a precision that is not there", ["path: model": "path: model\n  dtype: int4"],
            "6:10: error: 'model.dtype' must be one of float32, bfloat16, not 'int4'"),
        Mistake(
            "what contradicts itself",
            ["logging_steps: 1": "eval_strategy: steps\n  lr_scheduler_type: constant\n  warmup_steps: 3"],
            "21:18: error: 'train.eval_strategy': 'steps' needs eval_steps beside it",
            "23:17: error: 'train.warmup_steps': the schedule 'constant' has no warm-up; did you mean "
                + "'constant_with_warmup'?"),
        Mistake(
            "YAML that does not close", ["seed: 7": "seed: [7"],
            "4:6: error: did not find expected ',' or ']', while parsing a flow sequence that starts on line 3"),
    ]

    @Test("Told with place, line and caret", arguments: mistakes)
    func refused(mistake: Mistake) throws {
        try Workplace.with { place in
            try place.edit("tiny.yaml", mistake.changes)
            let before = try place.inventory()
            let ending = try place.run("run", "tiny.yaml")
            #expect(ending.status == 2)
            #expect(ending.out.isEmpty)

            let text = try place.text("tiny.yaml").split(separator: "\n", omittingEmptySubsequences: false)
            var expected = ""
            for message in mistake.messages {
                let position = message.split(separator: ":").prefix(2).compactMap { Int($0) }
                let line = text[position[0] - 1]
                let blanks = line.prefix(position[1] - 1).map { $0 == "\t" ? "\t" : " " }.joined()
                let caret = blanks + String(repeating: " ", count: max(0, position[1] - 1 - line.count)) + "^"
                expected += "tiny.yaml:\(try place.completed(message))\n    \(line)\n    \(caret)\n"
            }
            let count = mistake.messages.count
            expected += "\(count == 1 ? "1 mistake" : "\(count) mistakes"); nothing was started.\n"
            #expect(ending.talk == expected)
            #expect(try place.inventory() == before, "nothing is written")
        }
    }

    @Test("On the command line, too")
    func overrides() throws {
        try Workplace.with { place in
            let before = try place.inventory()
            let ending = try place.run(
                "run", "tiny.yaml", "train.learning_rat=1e-3", "seed=seven", "data.train=../nothing.json", "name=[a",
                "sweep.x=1")
            #expect(ending.status == 2)
            #expect(
                ending.talk == """
                    command line:1:7: error: unknown key 'learning_rat' in 'train'; did you mean 'learning_rate'?
                        train.learning_rat=1e-3
                              ^
                    command line:2:6: error: 'seed' must be an integer from 0 to 2147483647, not 'seven'
                        seed=seven
                             ^
                    command line:3:12: error: there is no file '\(place.path.split(separator: "/").dropLast().map { "/\($0)" }.joined())/nothing.json'
                        data.train=../nothing.json
                                   ^
                    command line:4:8: error: did not find expected ',' or ']', while parsing a flow sequence that starts on line 4
                        name=[a
                               ^
                    command line:5:7: error: unknown key 'x' in 'sweep'; the keys are list, grid, zip, random, exclude, only, early_stopping
                        sweep.x=1
                              ^
                    5 mistakes; nothing was started.

                    """)
            #expect(try place.inventory() == before, "nothing is written")
        }
    }

    @Test(
        "Command lines that cannot be understood, and files that are no manifest",
        arguments: [
            (["run"], "missing MANIFEST"),
            (["run", "tiny.yaml", "seed"], "unexpected argument 'seed'; a value is replaced by key=value"),
            (["run", "tiny.yaml", "a..b=1"], "unexpected argument 'a..b=1'; a value is replaced by key=value"),
            (["run", "tiny.yaml", "--reslts", "x"], "unknown option '--reslts'; did you mean '--results'?"),
            (["run", "tiny.yaml", "--results", ""], "--results needs the name of a folder"),
            (["run", "tiny.yaml", "--threads", "0"], "--threads must be 1 to 1024, not 0"),
            (["run", "none.yaml"], "cannot read 'none.yaml': there is no such file"),
            (["run", "model"], "cannot read 'model': it is a folder"),
            (["run", "model/model.safetensors"], "model/model.safetensors:1:1: error: these bytes are not UTF-8 text"),
            (["run", "/dev/null"], "/dev/null:1:1: error: missing 'model'"),
            (["run", "train.json"], "train.json:1:2: error: unknown key 'version'"),
            (["rnu"], "unknown command 'rnu'; did you mean 'run'?"),
        ])
    func commandLines(words: [String], message: String) throws {
        try Workplace.with { place in
            let before = try place.inventory()
            let ending = try RunningProgram(place, words).wait()
            #expect(ending.status == 2)
            #expect(ending.talk.contains(message), "\(ending.talk)")
            #expect(ending.out.isEmpty)
            #expect(try place.inventory() == before)
        }
    }
}
