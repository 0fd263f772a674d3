import Files
import Foundation
import Testing

/// Damaged checkpoints, data and disks: what, where, and what to do; the status is 1, and earlier results stay as they were.
@Suite("A bad world")
struct BadWorldTests {
    /// What is done to a workplace, and what the program says then.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let message: String
        let damage: @Sendable (Workplace) throws -> Void

        init(_ description: String, _ message: String, _ damage: @escaping @Sendable (Workplace) throws -> Void) {
            testDescription = description
            self.message = message
            self.damage = damage
        }
    }

    private static let weights = "model/model.safetensors"
    private static let query = "'bert.encoder.layer.0.attention.self.query.weight'"

    /// Overwrites bytes of the weights.
    private static func patch(_ place: Workplace, _ change: (inout Data) -> Void) throws {
        var data = try place.data(weights)
        change(&data)
        try AtomicFile.write(data, to: place.file(weights))
    }

    /// Replaces a part of the header, in as many bytes.
    private static func relabel(_ place: Workplace, _ old: String, _ new: String) throws {
        try patch(place) { data in
            guard let range = data.range(of: Data(old.utf8)), old.utf8.count == new.utf8.count else { return }
            data.replaceSubrange(range, with: Data(new.utf8))
        }
    }

    static let damages = [
        Damage("truncated weights", "HERE/\(weights): \(query) stands at bytes 25344..<29440 of 25688; is the download")
        {
            try patch($0) { $0 = $0.prefix(30_000) }
        },
        Damage("weights of four bytes", "HERE/\(weights): 4 bytes are too few for a safetensors file") {
            try patch($0) { $0 = $0.prefix(4) }
        },
        Damage(
            "a header longer than the file",
            "HERE/\(weights): the header claims 72057594037932240 bytes, the file has 79624"
        ) {
            try patch($0) { $0[7] = 1 }
        },
        Damage("a header that ends too late", "HERE/\(weights): the header is no JSON (") {
            try patch($0) { $0[1] &+= 1 }
        },
        Damage(
            "a shape that lies",
            "HERE/\(weights): 'bert.embeddings.position_embeddings.weight' has 8192 bytes; F32 of shape [65, 32]"
        ) {
            try relabel($0, "[64,32]", "[65,32]")
        },
        Damage(
            "another shape of the same size",
            "'bert.embeddings.position_embeddings.weight' has shape [32, 64]; the model needs [64, 32]"
        ) {
            try relabel($0, "[64,32]", "[32,64]")
        },
        Damage("a tensor that is missing", "HERE/model: a tensor is missing: \(query)") {
            try relabel($0, "layer.0.attention.self.query.weight", "layer.0.attention.self.query.wieght")
        },
        Damage(
            "a pickle file",
            "HERE/model/pytorch_model.bin: a pickle file can run code when it is read, so it is refused; save"
        ) {
            try Folder.remove($0.file(weights))
            try $0.write("x", to: "model/pytorch_model.bin")
        },
        Damage("no weights", "HERE/model: there is no model.safetensors and no model.safetensors.index.json") {
            try Folder.remove($0.file(weights))
        },
        Damage("half a configuration", "HERE/model/config.json:2:1: error: expected a key in double quotes") {
            try $0.write("{\"model_type\": \"bert\",\n", to: "model/config.json")
        },
        Damage(
            "a width beyond all sense",
            "HERE/model/config.json:9:18: error: 'hidden_size' must be a whole number from 1 to"
        ) {
            try $0.edit("model/config.json", ["\"hidden_size\": 32": "\"hidden_size\": 4611686018427387904"])
        },
        Damage(
            "a vocabulary of another model",
            "HERE/model: the vocabulary has 62 tokens, the model embeds 61; they belong to different"
        ) {
            try $0.write($0.text("model/vocab.txt") + "another\n", to: "model/vocab.txt")
        },
        Damage(
            "no vocabulary",
            "there is no tokenizer in 'HERE/model': neither tokenizer.json nor vocab.json with merges.txt nor vocab.txt nor tokenizer.model or spiece.model; give the folder"
        ) {
            try Folder.remove($0.file("model/vocab.txt"))
        },
        Damage("a vocabulary without [CLS]", "HERE/model/vocab.txt: error: the vocabulary has no '[CLS]'") {
            try $0.edit("model/vocab.txt", ["[CLS]": "[NONE]"])
        },
        Damage("data that is not JSON", "HERE/train.json:1:1: error: expected a value") {
            try $0.write("hello", to: "train.json")
        },
        Damage("an empty file", "HERE/train.json:1:1: error: the text ends where a value is expected") {
            try $0.write("", to: "train.json")
        },
        Damage("an empty data set", "HERE/train.json:1:10: error: the data set holds no question") {
            try $0.write("{\"data\": []}", to: "train.json")
        },
        Damage(
            "a wrong offset",
            "HERE/train.json:2:111: error: an answer of question 'train-0' is 'ceg' at answer_start 3, but"
        ) {
            try $0.write(question(answer: "{\"text\": \"ceg\", \"answer_start\": 3}"), to: "train.json")
        },
        Damage("a missing offset", "HERE/train.json:2:79: error: an answer of question 'train-0' has no 'answer_start'")
        {
            try $0.write(question(answer: "{\"text\": \"ceg\"}"), to: "train.json")
        },
        Damage("a missing field", "HERE/eval.json:2:44: error: question 'eval-0' has no 'question'") {
            try $0.edit("eval.json", ["\"question\"": "\"qestion\""])
        },
        Damage(
            "two questions of one id",
            "error: two questions have the id 'train-1'; the other one stands at HERE/train.json:3:"
        ) {
            try $0.edit("train.json", ["\"train-2\"": "\"train-1\""])
        },
    ]

    /// A data set of one question.
    private static func question(answer: String) -> String {
        "{\"data\": [{\"paragraphs\": [\n{\"context\": \"b ceg\", \"qas\": [{\"id\": \"train-0\", \"question\": \"c ?\", "
            + "\"answers\": [\(answer)]}]}]}]}"
    }

    @Test("Said with the file and the way out", arguments: damages)
    func damaged(damage: Damage) throws {
        try Workplace.with { place in
            try damage.damage(place)
            let ending = try place.run("run", "tiny.yaml")
            #expect(ending.status == 1)
            #expect(ending.out.isEmpty)
            #expect(ending.talk.contains(damage.message.replacing("HERE", with: place.path)), "\(ending.talk)")
            #expect(!ending.talk.contains("error: error:"))
            #expect(ending.talk.split(separator: "\n").count == 1)
            #expect(!FileManager.default.fileExists(atPath: place.file("results")))
        }
    }

    /// Digests of every file below a folder.
    private func digests(_ place: Workplace, _ folder: String) throws -> [String: Digest] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: place.file(folder))
        let files = names.filter { FileContents.exists(place.file("\(folder)/\($0)")) }
        return Dictionary(
            uniqueKeysWithValues: try files.map { ($0, SHA256.digest(of: try place.data("\(folder)/\($0)").bytes)) })
    }

    @Test("A disk that takes no more leaves earlier results as they were", arguments: [[], ["--force"]])
    func fullDisk(options: [String]) throws {
        try Workplace.with { place in
            try place.succeed("run", "tiny.yaml", "train.max_steps=2")
            let run = try place.runFolder()
            let before = try digests(place, run)
            // The shell's limit on the size of files stands in for the end of the disk: metrics.jsonl grows beyond it.
            let steps = options.isEmpty ? ["train.max_steps=200"] : ["train.max_steps=2"]
            let blocks = options.isEmpty ? 8 : 2
            let ending = try RunningProgram(
                place, ["run", "tiny.yaml"] + steps + options, script: "ulimit -f \(blocks); exec \"$0\" \"$@\""
            ).wait()
            #expect(ending.status == 1)
            #expect(ending.talk.contains("peftexp: error: cannot write 'results/tiny/"), "\(ending.talk)")
            #expect(ending.talk.contains("the file would be larger than the system allows"))
            #expect(try digests(place, run) == before)
            #expect(
                try place.run("run", "tiny.yaml", "train.max_steps=2").talk.hasPrefix("This run has finished before"))
            let table = try place.run("table").out.split(separator: "\n")
            #expect(table.count == (options.isEmpty ? 4 : 3), "a new run is shown as failed, a repetition not at all")
            #expect(table.contains { $0.contains("failed") } == options.isEmpty)
        }
    }

    @Test("Where no results can be written")
    func noPlaceForResults() throws {
        try Workplace.with { place in
            let ending = try place.run("run", "tiny.yaml", "--results", "tiny.yaml")
            #expect(ending.status == 1)
            #expect(ending.talk.contains("cannot make the folder 'tiny.yaml/tiny/"), "\(ending.talk)")
            #expect(ending.talk.hasSuffix("a part of the path is a file, not a folder\n"))
        }
    }

    @Test("A loss that is no number ends the run, and says what to lower")
    func divergence() throws {
        try Workplace.with { place in
            let ending = try place.run(
                "run", "tiny.yaml", "peft={peft_type: FULL}", "train.learning_rate=1000", "train.max_grad_norm=0")
            #expect(ending.status == 1)
            #expect(ending.talk.contains("lower train.learning_rate"), "\(ending.talk)")
            let record = try place.json(try place.runFolder() + "/result.json")
            #expect(record["status"]?.string == "failed")
            #expect(record["error"]?.string?.contains("is not finite") == true)
        }
    }
}
