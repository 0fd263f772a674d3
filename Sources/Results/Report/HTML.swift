/// A piece of HTML or SVG. What people wrote is escaped where it comes in, so no name or message can become a tag.
struct HTML: Sendable {
    /// The text of the piece.
    let source: String

    private init(source: String) {
        self.source = source
    }

    /// Words.
    static func text(_ words: String) -> HTML {
        HTML(source: escaped(words))
    }

    /// An element; names of elements and attributes are the program's own.
    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ content: [HTML] = []
    ) -> HTML {
        let given = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
        return HTML(source: "<\(name)\(given)>\(content.map(\.source).joined())</\(name)>")
    }

    /// An element of words.
    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ words: String
    ) -> HTML {
        element(name, attributes, [.text(words)])
    }

    /// An element that can hold nothing, as `meta`.
    static func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>) -> HTML {
        HTML(source: "<\(name)\(attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined())>")
    }

    /// The rules of a style sheet, the program's own.
    static func style(_ rules: StaticString) -> HTML {
        HTML(source: "<style>\(rules)</style>")
    }

    /// A whole document.
    static func document(head: [HTML], body: [HTML]) -> String {
        "<!DOCTYPE html>\n"
            + element("html", ["lang": "en"], [element("head", [:], head), element("body", [:], body)]).source
            + "\n"
    }

    /// `words` with every character that could end a text or an attribute written as what it is; what moves a cursor is shown.
    private static func escaped(_ words: String) -> String {
        var text = ""
        for scalar in DisplayWidth.printable(words).unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
