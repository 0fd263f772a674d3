import Files
import Testing
import YAML

/// The commands that read results.
@Suite("table, diff and report")
struct ResultsCommandTests {
    @Test("table shows what differs, best first, and names what it left out")
    func table() throws {
        try Workplace.with { place in
            #expect(try place.run("table").status == 2)
            try place.succeed("run", "tiny.yaml")
            try place.succeed("run", "tiny.yaml", "name=other", "train.max_steps=2")
            try place.succeed("run", "tiny.yaml", "data.eval=null")
            let lines = try place.succeed("table").out.split(separator: "\n")
            #expect(lines.first?.split(separator: " ").prefix(3) == ["run", "name", "eval"], "\(lines.first ?? "")")
            #expect(lines.count == 5)
            #expect(try place.succeed("table", "results/other").out.split(separator: "\n").count == 3)

            // From another machine, with figures beyond all bounds; and one that is damaged.
            let run = try #require(try Folder.names(in: place.file("results/other")).first)
            try place.edit(
                "results/other/\(run)/result.json", ["\"steps\": 2,": "\"steps\": 2, \"tokens_per_second\": 1e300,"])
            try place.write("{", to: "results/tiny/\(try Folder.names(in: place.file("results/tiny"))[0])/result.json")
            let ending = try place.run("table")
            #expect(ending.status == 1)
            #expect(ending.out.split(separator: "\n").count == 4)
            #expect(ending.talk.hasPrefix("left out: results/tiny/"))
        }
    }

    @Test("table: columns, conditions, order, groups and forms")
    func tableOptions() throws {
        try Workplace.with { place in
            for seed in ["1", "2"] { try place.succeed("run", "tiny.yaml", "seed=\(seed)", "train.max_steps=1") }
            let csv = try place.succeed(
                "table", "--columns", "seed,num_virtual_tokens,status", "--sort", "-seed", "--format", "csv")
            #expect(csv.out == "seed,peft.num_virtual_tokens,status\n2,4,finished\n1,4,finished\n")
            let one = try place.succeed(
                "table", "--where", "seed>1", "--where", "status=finished", "--columns=seed", "--format=md")
            #expect(one.out == "| seed |\n| --: |\n| 2 |\n")
            let rows = try JSONText.parse(try place.succeed("table", "--group", "--json").out, file: "table").elements
            #expect(rows?.count == 1 && rows?.first?["runs"]?.integer == 2)
            #expect(rows?.first?["metrics.f1.half_width"]?.number != nil)
            for (words, message) in [
                (["--columns", "sed"], "there is no key, metric or figure 'sed' in these runs; did you mean 'seed'?"),
                (["--format", "cvs"], "--format is one of text, csv, md, json, not 'cvs'; did you mean 'csv'?"),
                (["--where", "seed"], "a condition is a name, one of = != < <= > >=, and a value; 'seed' is none"),
                (["nowhere"], "there is no folder 'nowhere'"),
            ] {
                let ending = try RunningProgram(place, ["table"] + words).wait()
                #expect(ending.status == 2 && ending.talk.hasPrefix("peftexp: error: \(message)\n"), "\(ending.talk)")
            }
        }
    }

    @Test("diff of runs that were made: what differs, each metric, the same for scripts, and the exit status for a CI")
    func diff() throws {
        try Workplace.with { place in
            try place.succeed("run", "tiny.yaml")
            try place.succeed("run", "tiny.yaml", "name=none", "train.max_steps=0")
            let ending = try place.succeed("diff", "tiny", "none")
            #expect(ending.out.contains("train.max_steps  null  0\n"), "\(ending.out)")
            #expect(ending.out.contains("one seed: variance over seeds unknown\n"))
            #expect(ending.out.contains("over 10 examples: paired bootstrap"))
            let json = try JSONText.parse(
                try place.succeed("diff", "tiny", "none", "--json", "--seed", "3", "--resamples=500").out, file: "diff")
            let metric = try #require(json["comparisons"]?.elements?.first?["metrics"]?["f1"])
            let record = try place.json(
                "results/tiny/\(try Folder.names(in: place.file("results/tiny"))[0])/result.json")
            #expect(metric["a"]?.number == record["metrics"]?["f1"]?.number)
            #expect(metric["over_examples"]?["count"]?.integer == 10 && json["seed"]?.integer == 3)
            #expect(metric["over_examples"]?["p"]?.number != nil)
            #expect(
                try place.run("diff", "tiny", "none", "--json").out == place.run("diff", "tiny", "none", "--json").out)

            // Two tables of which one is surely worse.
            for (name, scores) in [("good", [0.8, 0.81, 0.82]), ("bad", [0.5, 0.52, 0.51])] {
                let rows = scores.enumerated().map { "\($0.offset),\($0.element)\n" }
                try place.write("seed,metrics.accuracy\n" + rows.joined(), to: "\(name).csv")
            }
            #expect(try place.run("diff", "good.csv", "bad.csv").status == 0)
            #expect(try place.run("diff", "good.csv", "bad.csv", "--fail-if-worse", "accuracy").status == 1)
            #expect(
                try place.run("diff", "good.csv", "bad.csv", "--fail-if-worse", "accuracy", "--margin", "0.5").status
                    == 0)
            #expect(try place.run("diff", "bad.csv", "good.csv", "--fail-if-worse", "accuracy").status == 0)
        }
    }

    @Test("What diff can not compare is named with its place, and exits with 2")
    func diffRefused() throws {
        try Workplace.with { place in
            try place.succeed("run", "tiny.yaml")
            try place.succeed("run", "tiny.yaml", "name=none", "train.max_steps=0")
            let run = "results/none/\(try Folder.names(in: place.file("results/none"))[0])"
            func refused(_ words: String..., message: String) throws {
                let ending = try RunningProgram(place, ["diff"] + words).wait()
                #expect(ending.status == 2 && ending.out.isEmpty, "\(words)")
                #expect(ending.talk.contains(message), "\(ending.talk)")
            }
            try refused(
                "tiny", "non",
                message: "there is no folder, table or run 'non' here or in 'results'; did you mean 'none'?")
            try refused(
                "tiny", "none", "--fail-if-worse", "f", message: "there is no metric 'f' common to both sides; ")
            try refused("tiny", "none", "--margin", "1", message: "--margin needs --fail-if-worse METRIC")
            try refused(
                "tiny", "none", "--fail-if-worse=f1", "--margin=-1",
                message: "--margin takes a number that is not negative")
            try refused("tiny", "none", "--resamples", "3", message: "--resamples must be 100 to 10000000, not 3")
            try place.write("{\"id\": \"x\"}\n{", to: "\(run)/predictions.jsonl")
            try refused("tiny", "none", message: "\(run)/predictions.jsonl:2:2: error: ")
            try place.write("{", to: "\(run)/result.json")
            try refused("tiny", "none", message: "\(run)/result.json:1:2: error: ")
            try refused("tiny", run, message: "\(run)/result.json:1:2: error: ")
        }
    }

    @Test("report writes one file, beside the results or where it is told to")
    func report() throws {
        try Workplace.with { place in
            try place.succeed("run", "tiny.yaml", "train.max_steps=3")
            try place.succeed("run", "tiny.yaml", "train.max_steps=4")
            #expect(try place.succeed("report", "results").out == "results/report.html\n")
            let html = try place.text("results/report.html")
            #expect(html.contains("Loss in training") && html.contains("f1 by train.max_steps"))
            #expect(
                try place.succeed("report", "results", "-o", "r.html", "--title", "A & B", "--metric=f1").out
                    == "r.html\n")
            #expect(try place.text("r.html").contains("<h1>A &amp; B</h1>"))
            #expect(try place.succeed("report", "results", "-o", "-").out == html)
            #expect(try place.run("report", "nowhere").status == 2)
            #expect(try place.run("report", "results", "--metric", "f").status == 2)
            #expect(try place.run("report", "results", "-o", "no/such/r.html").status == 1)
            let run = "results/tiny/\(try Folder.names(in: place.file("results/tiny"))[0])"
            try place.write("{", to: "\(run)/result.json")
            let ending = try place.run("report", "results")
            #expect(ending.status == 1 && ending.talk.hasPrefix("left out: \(run)/result.json:1:2: error: "))
            #expect(try place.text("results/report.html").contains("<li>left out: \(run)/result.json:1:2"))
        }
    }
}
