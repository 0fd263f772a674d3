import Testing

@testable import Tasks

@Suite("Tables: csv and tsv")
struct TableTests {
    @Test(
        "Columns are chosen by name or number",
        arguments: [
            ("csv", "text,label\nb,1\n", ["b|-|1"]),
            ("csv, text_column: a, label_column: c", "a,b,c\nx,y,z\nu,v,w", ["x|-|z", "u|-|w"]),
            ("csv, text_column: 2, text_pair_column: a, label_column: 3", "a,b,c\nx,y,z\n", ["y|x|z"]),
            ("csv, text_column: 2", "1,2\nx,y\n", ["y|-|-"]),
            ("csv, header: false", "x,y\nu,v\n", ["x|-|y", "u|-|v"]),
            ("csv, header: false", "x\nu\n", ["x|-|-", "u|-|-"]),
            ("csv, delimiter: ';', text_column: a", "a;b,c\n1,2;3\n", ["1,2|-|-"]),
            ("tsv", "a sentence \t1\nanother\t0\n", ["a sentence |-|1", "another|-|0"]),
            ("tsv", "say \"hi\"\t1\n\"open\t0\n", ["say \"hi\"|-|1", "\"open|-|0"]),
            ("tsv, quotes: true", "\"a\tb\"\t1\n", ["a\tb|-|1"]),
            ("tsv, header: true, text_column: s", "s\tlabel\nx\ty\n", ["x|-|y"]),
            ("tsv, text_column: 2, label_column: 1", "1\tx\n\ty\n", ["x|-|1", "y|-|-"]),
            ("csv, label_separator: '|'", "text,label\na,x | y\nb,\n", ["a|-|x+y", "b|-|"]),
            ("csv, text_template: '{a}: {b}{{}}', text_pair_template: '{1}'", "a,b\nx,y\n", ["x: y{}|x|-"]),
        ])
    func columns(settings: String, text: String, expected: [String]) throws {
        #expect(try contradictions(settings, for: TextExamples.self) == [])
        #expect(try examples(text, settings, as: TextExamples.self).examples.map(\.flat) == expected)
    }

    @Test("Quotes, line ends and marks of RFC 4180")
    func quotes() throws {
        let text = "\u{FEFF}text,label\r\n\"a \"\"b\"\", c\",\"1\"\r\n\"two\nlines\r\nthree\",2\r\"\",3\n\n \"x\",4"
        let set = try examples(text, "csv", as: TextExamples.self)
        #expect(set.examples.map(\.flat) == ["a \"b\", c|-|1", "two\nlines\r\nthree|-|2", "|-|3", " \"x\"|-|4"])
        #expect(set.examples.map(\.place) == [[2, 1], [3, 1], [6, 1], [8, 1]])
        #expect(set.skipped.isEmpty)
    }

    @Test("Choices are columns, and the label counts them")
    func choices() throws {
        let settings = "csv, text_column: q, choice_columns: [a, b, 4], label_column: right"
        #expect(try contradictions(settings, for: ChoiceExamples.self) == [])
        let set = try examples("q,a,b,c,right\nQ,x,y,z,2\nR,u,v,w,\n", settings, as: ChoiceExamples.self)
        #expect(set.examples.map(\.context) == ["Q", "R"])
        #expect(set.examples.map(\.choices) == [["x", "y", "z"], ["u", "v", "w"]])
        #expect(set.examples.map(\.label) == [2, nil])
    }

    @Test("A row is a document where documents are wanted")
    func documents() throws {
        let set = try examples("mr,ref\nx,y\n", "csv, text_template: '{mr} = {ref}'", as: Documents.self)
        #expect(set.documents.map(\.text) == ["x = y"])
    }

    static let broken: [(String, String, any DataRecords.Type, String)] = [
        ("csv", "", TextExamples.self, "'data' holds no example"),
        ("csv", "text,label\n", TextExamples.self, "'data' holds no example"),
        (
            "csv", "txt,label\na,1\n", TextExamples.self,
            "data:1:1: error: there is no column 'text' for data.text_column; did you mean 'txt'?"
        ),
        (
            "csv, label_column: sentiment", "text,mood\na,1\n", TextExamples.self,
            "data:1:1: error: there is no column 'sentiment' for data.label_column; the columns are text, mood"
        ),
        (
            "csv, text_column: 3", "a,b\nx,y\n", TextExamples.self,
            "data:1:1: error: there is no column 3 for data.text_column; the row has 2"
        ),
        (
            "tsv, text_column: sentence", "x\ty\n", TextExamples.self,
            "data:1:1: error: the columns have no names, since data.header is false; "
                + "give data.text_column a number from 1 to 2 instead of 'sentence'"
        ),
        (
            "csv", "text,text\na,1\n", TextExamples.self,
            "data:1:1: error: two columns are called 'text'; give data.text_column a number"
        ),
        (
            "csv", "text,label\na,1\nb\n", TextExamples.self,
            "data:3:1: error: the row has 1 column, line 1 has 2; see whether a delimiter is missing or stands in a field, "
                + "and data.quotes"
        ),
        ("tsv", "a\t1\nb\tc\t1\n", TextExamples.self, "data:2:1: error: the row has 3 columns, line 1 has 2"),
        (
            "csv", "text,label\na,1\né\"b,\"c,2\n", TextExamples.self,
            "data:3:5: error: the quote that opens here is never closed; close it, double a quote that is part of a field, "
                + "or set data.quotes to false"
        ),
        (
            "csv", "text,label\n\"a\nb\"c,1\n", TextExamples.self,
            "data:3:3: error: the field goes on behind its closing quote; double a quote that is part of a field"
        ),
        (
            "csv", "text,label\na,\u{0}\n", TextExamples.self,
            "data:2:3: error: a NUL stands here, which is no text; remove it"
        ),
        (
            "csv, choice_columns: [a, b], text_column: q, label_column: l", "q,a,b,l\nQ,x,y,2\n", ChoiceExamples.self,
            "data:2:7: error: the label '2' is none of the 2 choices, which it counts from 0"
        ),
        (
            "csv", "text\nx\n", WordExamples.self,
            "task type TASK needs sentences of words with tags, but files of the format"
        ),
    ]

    @Test("What is wrong is said, and where", arguments: broken.indices)
    func refused(index: Int) {
        let (settings, text, kind, message) = Self.broken[index]
        let found = mistake(text.utf8, settings, as: kind)
        #expect(found.hasPrefix(message), "\(found)")
    }

    @Test("Bytes that are no text")
    func bytes() {
        let start = Array("text,label\né,1\na".utf8)
        #expect(
            mistake(start + [0xC3, 0x28, 0x2C, 0x31], "csv", as: TextExamples.self)
                == "data:3:2: error: these bytes are not UTF-8 text; save the file as UTF-8")
        #expect(
            mistake([0xFF, 0xFE, 0x61, 0x00], "tsv", as: TextExamples.self)
                == "data:1:1: error: this is UTF-16; save the file as UTF-8")
    }

    @Test("Settings that do not go together")
    func settings() throws {
        #expect(
            try contradictions("csv, delimiter: ', ', label_separator: ''", for: TextExamples.self) == [
                "delimiter: it must be one ASCII character, and neither a quote nor a line end",
                "label_separator: it must not be empty",
            ])
        #expect(
            try contradictions("csv, text_column: a, text_template: '{a}'", for: TextExamples.self)
                == ["text_column: text_template is given; leave one out"])
        #expect(
            try contradictions("csv, text_template: '{a', text_pair_template: b", for: TextExamples.self) == [
                "text_template: '{' is not closed in '{a'; write '{{' for a brace",
                "text_pair_template: there is no field in 'b'; write one as {name}",
            ])
        #expect(
            try contradictions("csv, choice_columns: [a, b]", for: TextExamples.self)
                == ["choice_columns: it has no meaning where the task needs texts with labels; leave it out"])
        #expect(
            try contradictions("csv", for: ChoiceExamples.self)
                == ["choice_columns: contexts with choices need the columns of two choices at least"])
        #expect(throws: (any Error).self) { try format("csv, words_field: a") }
    }
}
