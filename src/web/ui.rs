//! The parts that pages are made of, each compiled once. A macro of `templates/ui/` gives the arguments their names and
//! defaults and hands them to the struct here; the block beside the macro holds the markup. So a page pays one call for a
//! part, whatever stands in it. A `…Tag` or `…Head` is what opens, an `…End` what closes around the body of a macro.

use std::fmt::{self, Display};

use askama::Template;
use askama::filters::HtmlSafe;

/// The field of the form guard; every POST form begins with it.
#[derive(Template)]
#[template(path = "ui/form.html", block = "csrf_field")]
pub struct Csrf;

impl HtmlSafe for Csrf {}

/// The id of a control: its own, or one made of its name.
pub struct Key<'a> {
    /// What the page chose, or nothing.
    pub id: &'a str,
    /// Name of the control.
    pub name: &'a str,
}

impl Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.id.is_empty() {
            f.write_str("f-")?;
            f.write_str(self.name)
        } else {
            f.write_str(self.id)
        }
    }
}

/// `"file" { Part "block" { argument: type } }`: everything is lent, because that is how a template hands things over, and
/// what implements [`HtmlSafe`] escapes for itself.
macro_rules! parts {
    ($($file:literal { $($name:ident $block:literal { $($field:ident: $kind:ty),* $(,)? })* })*) => {$($(
        #[doc = concat!("`", $block, "` of `templates/", $file, "`.")]
        #[derive(Template)]
        #[template(path = $file, block = $block)]
        #[expect(missing_docs, reason = "the macro in the template says what each argument is")]
        pub struct $name<'a> {
            $(pub $field: &'a $kind,)*
        }

        impl HtmlSafe for $name<'_> {}
    )*)*};
}

parts! {
    "ui/icon.html" {
        Icon "icon_part" { name: str, size: u32, label: str }
    }
    "ui/button.html" {
        ButtonTag "button_tag" { kind: str, size: str, href: str, name: str, value: str, sort: str, off: bool }
        ButtonEnd "button_end" { text: str, icon: str, href: str }
        IconButtonTag "icon_button_tag" { label: str, href: str, kind: str, size: str, sort: str, pressed: str }
        IconButtonEnd "icon_button_end" { icon: str, href: str }
        CopyButton "copy_button_part" { target: str, label: str, text: str }
    }
    "ui/form.html" {
        Hint "hint_part" { id: dyn Display, words: str }
        Error "error_part" { id: dyn Display, words: str }
        Told "told_part" { id: dyn Display, hint: str, error: str }
        Label "label_part" { id: dyn Display, words: str, optional: bool, quiet: bool }
        FieldTag "field_tag" {
            id: str, name: str, label: str, value: str, sort: str, hint: str, error: str, required: bool, optional: bool,
            placeholder: str, autocomplete: str, icon: str, before: str, off: bool,
        }
        FieldEnd "field_end" { id: str, name: str, hint: str, error: str, icon: str, before: str }
        AreaTag "area_tag" {
            id: str, name: str, label: str, rows: u32, hint: str, error: str, optional: bool, placeholder: str, code: bool,
        }
        AreaEnd "area_end" { id: str, name: str, value: str, hint: str, error: str }
        SelectTag "select_tag" { id: str, name: str, label: str, hint: str, error: str, quiet: bool }
        SelectNone "select_none" { words: str }
        SelectOption "select_option" { value: str, words: str, at: str }
        SelectEnd "select_end" { id: str, name: str, hint: str, error: str }
        ComboTag "combo_tag" {
            id: str, name: str, label: str, value: str, hint: str, error: str, placeholder: str, optional: bool, icon: str,
            from: str,
        }
        ComboOption "combo_option" { value: str, note: str }
        ComboEnd "combo_end" { id: str, name: str, hint: str, error: str }
        CheckTag "check_tag" { name: str, value: str, on: bool, kind: str, off: bool }
        CheckEnd "check_end" { label: str, hint: str }
        GroupTag "group_tag" { legend: str, quiet: bool }
        CopyField "copy_field_part" { name: str, title: str, value: str, hint: str }
    }
    "ui/mark.html" {
        Chip "chip_part" { text: str, tone: str, icon: str, href: str, kind: str, remove: str }
        Dot "dot_part" { text: str, tone: str }
        Badge "badge_part" { figure: dyn Display, due: bool, label: str }
        Identity "identity_part" { space: str, value: str, code: bool, known: str }
        Next "next_part" { text: str, tone: str, icon: str, when: str }
        Ago "ago_part" { iso: str, text: str, exact: str }
    }
    "ui/person.html" {
        Avatar "avatar_part" { initials: str, tone: str, size: u32, kind: str, picture: str }
        Who "who_part" {
            name: str, initials: str, tone: str, href: str, kind: str, size: u32, picture: str, lang: str,
        }
    }
    "ui/page.html" {
        Crumb "crumb_part" { text: str, href: str }
        PageHead "page_head_part" { title: str, text: str }
        SectionHead "section_head_part" { title: str, note: str, id: str }
        DoorHead "door_head" { title: str, text: str }
    }
    "ui/overlay.html" {
        MenuHead "menu_head" { label: str, icon: str, text: str, kind: str, small: bool, side: str, id: str }
        MenuLink "menu_link_part" { text: str, href: str, icon: str, key: str, here: bool }
        MenuPost "menu_post_part" {
            text: str, action: str, icon: str, danger: bool, name: str, value: str, here: bool,
        }
        MoveHead "move_head" { action: str }
        MoveTo "move_to" { name: str, value: str, label: str, at: str }
        DialogHead "dialog_head" { title: str, back: str, id: str, level: u32 }
        Toast "toast_part" { text: str, tone: str, undo: str }
    }
    "ui/record.html" {
        FactTag "fact_tag" { label: str, tone: str }
        FactEnd "fact_end" { source: str }
        FactEditTag "fact_edit_tag" { label: str, text: str, action: str, swap: str, tone: str }
        FactEditEnd "fact_edit_end" { source: str }
        GroupHead "group_head_part" { text: str, note: str }
        CardHead "card_head" { title: str, count: str, add: str, add_label: str, id: str }
        CardLine "card_line" { text: str, href: str, side: str, note: str }
        Moment "moment_part" { iso: str, text: str, exact: str }
        EntryHead "entry_head" {
            icon: str, text: str, rest: str, iso: str, time: str, exact: str, tone: str, href: str,
        }
        StoryTag "story_tag" { icon: str, tone: str }
        FoldHead "fold_head" { text: str, open: bool }
        StepLine "step_line" { iso: str, time: str, text: str, side: str, note: str }
        ComposerHead "composer_head" {
            action: str, label: str, placeholder: str, name: str, kind: str, value: str, error: str, swap: str,
        }
        ComposerEnd "composer_end" { note: str, send: str }
    }
    "ui/state.html" {
        NoticeTag "notice_tag" { tone: str, icon: str, alert: bool }
        EmptyHead "empty_head" { title: str, text: str, icon: str, level: u32 }
        Choice "choice_part" { href: str, icon: str, title: str, text: str }
        Skeleton "skeleton_part" { lines: u32, round: bool }
        Progress "progress_part" { label: str, value: dyn Display, most: dyn Display, shown: str, note: str }
        TaskStep "task_step_part" { text: str, at: str, number: u32, href: str }
        CodeEnd "code_end" { label: str, id: str }
    }
    "ui/table.html" {
        TableTag "table_tag" { caption: str, edge: bool, form: bool }
        Th "th_part" { text: str, href: str, sorted: str, class: str, cell: str }
        Pick "pick_part" { value: dyn Display, label: str, name: str }
        Pager "pager_part" { before: str, after: str, words: str, before_words: str, after_words: str, swap: str }
        TabsTag "tabs_tag" { label: str, kind: str }
        Tab "tab_part" { text: str, href: str, here: bool, count: str, edited: bool, swap: str }
        Filter "filter_part" { field: str, verb: str, value: str, remove: str, edit: str }
        FilterMenuHead "filter_menu_head" { text: str, icon: str }
        NewButton "new_button_part" { text: str, href: str, key: str }
    }
    "ui/figure.html" {
        Tile "tile_part" { label: str, value: dyn Display, note: str, unit: str, tone: str }
        Meter "meter_part" { percent: dyn Display, kind: str, label: str }
        Spark "spark_part" { values: [i64], label: str, kind: str }
        FunnelStep "funnel_step_part" { name: str, percent: dyn Display, figure: str, share: str }
    }
}
