"""A voice that writes down what it is told to say."""


class Transcript:
    """`said` holds the texts in order; `cuts` counts how often what was being said was cut."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.voice, self.loud, self.cuts, self.is_speaking = "", False, 0, False

    def say(self, text: str, voice: str, loud: bool) -> None:
        self.said.append(text)
        self.voice, self.loud = voice, loud

    def stop(self) -> None:
        self.cuts += 1

    @property
    def text(self) -> str:
        """All that was said."""
        return " ".join(self.said)
