import Testing
import YAML

@testable import Tasks

@Suite("Chat templates")
struct ChatTemplateTests {
    @Test("Chats are written as transformers writes them")
    func asTransformers() throws {
        let golden = try Golden.json("chats.json")
        let tokens = Dictionary(
            uniqueKeysWithValues: try #require(golden["tokens"]).pairs.map { ($0.key, $0.value.string ?? "") })
        let chats = try #require(golden["chats"]?.elements).map { try ChatExample($0, at: $0.location) }
        var (written, refused) = (0, 0)
        for node in try #require(golden["cases"]?.elements) {
            let name = try #require(node["name"]?.string)
            let template = try ChatTemplate(try #require(node["template"]?.string))
            for (key, opens) in [("closed", false), ("open", true)] {
                let expected = try #require(node[key]?.elements)
                for (place, (chat, expected)) in zip(chats, expected).enumerated() {
                    let found = try? template.rendering(of: chat.messages, opensAnswer: opens, tokens: tokens)
                    let text = found.map { String(scalars: $0.text) }
                    let wanted = expected.isNull ? nil : expected["text"]?.string
                    #expect(
                        text.map(visible) == wanted.map(visible),
                        "'\(name)', chat \(place), \(opens ? "open" : "closed")")
                    let parts = found?.generated.map { [$0.lowerBound, $0.upperBound] } ?? []
                    #expect(parts == expected["generated"]?.elements?.map(\.integers) ?? [], "'\(name)', chat \(place)")
                    if wanted == nil { refused += 1 } else { written += 1 }
                }
            }
        }
        #expect(written > 150 && refused > 20)
    }

    @Test(
        "What is not understood is refused by name, with its place",
        arguments: [
            ("{{ messages | tojson }}", "line 1, column 13: the filter 'tojson' is not"),
            ("a\n{% macro f() %}{% endmacro %}", "line 2, column 1: the statement 'macro'"),
            ("{% include 'x' %}", "the statement 'include'"), ("{% import 'os' as o %}", "the statement 'import'"),
            ("{{ strftime_now('%d') }}", "column 4: the function 'strftime_now'"),
            ("{{ range(9) }}", "the function 'range'"), ("{{ x.split('a') }}", "the method 'split'"),
            ("{{ ''.__class__() }}", "the method '__class__'"), ("{{ x is divisibleby 2 }}", "the test 'divisibleby'"),
            ("{% for a, b in x %}{% endfor %}", "'for' with several names"),
            ("{% for a in x if a %}{% endfor %}", "'for' with a condition"),
            ("{% for a in x %}{{ loop.previtem }}{% endfor %}", "'loop.previtem'"),
            ("{% set x %}a{% endset %}", "'set' of several names or of a block"),
            ("{{ {'a': 1} }}", "a mapping in braces"), ("{{ x[::-1] }}", "a slice with a step"),
            ("{{ 1.5 }}", "a number with a point"), ("{{ x | trim('a') }}", "the filter 'trim' with 1 arguments"),
            ("{% break %}", "the statement 'break'"), ("{{ 2 ** 3 }}", "'**' at this place"),
            ("{{ 5 / 2 }}", "'/' at this place"), ("{{ x()() }}", "the function 'x'"),
            ("{{ a", "line 1, column 1: '{{' is not closed"), ("{% if a %}", "'if' is not closed"),
            ("{% endfor %}", "'endfor' closes nothing"), ("{{ }}", "there must be a value"), ("{% %}", "no name"),
            ("{{ 'a }}", "does not end"), ("{{ \\ }}", "'\\' has no meaning here"), ("{# a", "'{#' is not closed"),
            ("{{ '\\ud800' }}", "is no character"),
            ("{% if a %}{% else %}{% elif b %}{% endif %}", "'elif' closes nothing"),
        ])
    func refused(template: String, message: String) {
        let error = #expect(throws: TemplateMistake.self) { try ChatTemplate(template) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test("No template keeps the program busy, fills memory or overflows the stack")
    func limits() throws {
        let limits = TemplateLimits(steps: 1000, length: 10_000, madeLength: 100_000, list: 100, depth: 8)
        let many = (0..<30).map { _ in ChatMessage(role: "user", content: "x") }
        let loops =
            "{% for a in messages %}{% for b in messages %}{% for c in messages %}{{ a }}{% endfor %}{% endfor %}{% endfor %}"
        for template in [
            loops.replacing("{{ a }}", with: "{{ a.role == b.role }}"), "{% for a in messages %}{{ a }}{% endfor %}",
            "{% set n = namespace(t='ab') %}{% for a in messages %}{% set n.t = n.t + n.t %}{% endfor %}",
            "{% set n = namespace(t=2) %}{% for a in messages %}{% set n.t = n.t * n.t %}{% endfor %}", "{{ 1 % 0 }}",
            "{% set n = namespace(t=['x']) %}{% for a in messages %}{% set n.t = n.t + n.t %}{% endfor %}",
            "{% set n = namespace(t=[]) %}{% for a in messages %}{% set n.t = [n.t] %}{% endfor %}",
        ] {
            let sound = try ChatTemplate(template)
            #expect(throws: TemplateMistake.self, "\(template)") {
                try sound.rendering(of: many, opensAnswer: false, tokens: [:], limits: limits)
            }
        }
        for deep in [
            String(repeating: "(", count: 100_000), String(repeating: "{% if a %}", count: 100_000),
            String(repeating: "[", count: 100_000), String(repeating: "a if b else ", count: 100_000),
            String(repeating: "a ~ ", count: 100_000) + "a", "a" + String(repeating: ".b", count: 100_000),
        ] {
            #expect(throws: TemplateMistake.self) { try ChatTemplate(deep.hasPrefix("{%") ? deep : "{{ \(deep) }}") }
        }
        let long = try ChatTemplate("{{ \(String(repeating: "not ", count: 10))a }}")
        #expect(try String(scalars: long.rendering(of: [], opensAnswer: false, tokens: [:]).text) == "False")
    }
}
