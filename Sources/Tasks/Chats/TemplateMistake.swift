/// What is wrong with a chat template, or with a chat that it is to write.
struct TemplateMistake: Error, Hashable {
    /// What is wrong.
    let message: String
    /// Where in the template.
    let place: TemplatePlace

    init(_ message: String, at place: TemplatePlace) {
        self.message = message
        self.place = place
    }

    /// What the template has that is not among what is understood.
    static func unknown(_ construct: String, at place: TemplatePlace) -> Self {
        Self("\(construct) is not among what is understood of Jinja", at: place)
    }
}

extension TemplateMistake: CustomStringConvertible {
    /// `line 2, column 5: message`
    var description: String { "line \(place.line), column \(place.column): \(message)" }
}

/// A place in a template; both numbers count from 1.
struct TemplatePlace: Hashable, Sendable {
    var line = 1
    var column = 1
}
