"""The frame that all lessons share. How to write a lesson in it:

1. `cnn/lessons/en/KEY.toml`: number, title, question, minutes, level, takeaway, `[[checks]]` with
   `[[checks.options]]` (`why` explains each one), `[words]` for every text on the page, and
   `mathematics` (Markdown with LaTeX) for the expander. See `why.toml`. Once that file is there the
   lesson is listed, has the address `/lesson?of=KEY`, and the browser tests walk through it.
   With `short_way = true` it is on the short way too; with `introduction = true` it is not asked of
   those who have done another lesson; with `extra = true` it comes after the end, and all lessons
   are done without it. A question that came later has `extra = true`: the lesson
   is done without it, and stays done. `shows` names kinds of layers that lead to it. Figures that
   its words print are proven in `tests/lessons/test_figures.py`. The frame's own words are in
   `_frame.toml`.
2. `ui/views/lessons/KEY.py` with `show(lesson)`: the controls, the picture that answers, the
   sentences. It runs in a fragment; title, questions, key sentence, Previous and Next are the
   frame's.

        from ui.parts.lesson import controls
        from ui.parts.lesson.ways_on import ways_on

        def show(lesson: Lesson) -> None:
            stride = controls.slider("stride", "Stride", 1, 3, first=1)
            kernel = controls.choice("kernel", "Kernel", ("blur", "edge"))
            relu = controls.toggle("relu", "ReLU")
            st.markdown(lesson.text("lead", outputs=...))     # `{outputs}` in the TOML
            picture(..., key="lesson_kernel_picture")         # component keys: `lesson_...`
            ways_on(architecture, configuration)              # Open in Build, Train it, Compare

3. What is computed for it goes to `cnn/lessons/` or `cnn/insight/`, pictures to `cnn/pictures/`.
4. `tests/browser/lessons/KEY.py` with `use_central_control(page)`: the test of its central control.

Every control has its value in the address (only where it is not the first one), can be locked and
hidden there (`&lock=stride,kernel&hide=relu`), and falls back to its first value for anything it
cannot be. What a component of yours holds (a clicked grid, a chosen cell) is a control without a
widget: `controls.held("cell", "0-0", fits)` reads it, `controls.put(cell="1-2")` changes it, as it
changes any other control: from an `on_click`, an `on_change`, or before the control is drawn.
`controls.is_locked("cell")` says whether a person may change it. The teacher's desk shows a lesson
by the same `show`, and lists each control by its label. What the session and the address know of
all this is in `ui.parts.lesson.address`, which is the frame's side of it.
"""
