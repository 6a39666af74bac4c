//! An edition for another mailer: the same HTML, with that mailer's tags where each reader's own addresses go.
//!
//! In: the HTML and text of an edition, rendered with the addresses of [`Mailer::hole`]. Out: the same, in which nothing that an
//! edition says can be read as a tag, and the tags a mailer needs. Always: what a person sees is what was rendered. Not here:
//! rendering (render), who may hand over (jobs). [`listmonk`] is the one that is reached over the network.
//!
//! | mailer | its documentation |
//! |---|---|
//! | Mailchimp | <https://mailchimp.com/help/all-the-merge-tags-cheat-sheet/> |
//! | Brevo | <https://help.brevo.com/hc/en-us/articles/4402386448530> |
//! | Dotdigital | <https://support.dotdigital.com/en/articles/12657390-manage-unsubscribe-links-and-preference-centres> |
//! | listmonk | <https://listmonk.app/docs/templating/> |

pub mod listmonk;

use pulse_model::Href;

/// A mailer that an edition can be handed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mailer {
    /// Merge tags, as in `*|UNSUB|*`.
    Mailchimp,
    /// Brevo's template language, as in `{{ unsubscribe }}`.
    Brevo,
    /// System links, as in `http://$UNSUB$`.
    Dotdigital,
    /// Go templates, as in `{{ UnsubscribeURL }}`.
    Listmonk,
}

/// What the mailer itself fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// Where a reader leaves.
    Unsubscribe,
    /// Where a reader changes choices.
    Preferences,
    /// The message as a page.
    WebCopy,
}

/// What stands for the postal address where the mailer has one of its own.
pub const ADDRESS_HOLE: &str = "postal-address-hole";

/// How the hidden line begins that an inbox shows behind the subject.
const PREHEADER: &str = "<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">";

impl Hole {
    const ALL: [Self; 3] = [Self::Unsubscribe, Self::Preferences, Self::WebCopy];

    /// An address that nobody can have, which HTML and text carry as it is.
    fn marker(self) -> &'static str {
        match self {
            Self::Unsubscribe => "https://unsubscribe.handover.invalid/",
            Self::Preferences => "https://preferences.handover.invalid/",
            Self::WebCopy => "https://web-copy.handover.invalid/",
        }
    }
}

impl Mailer {
    /// The tag that fills a hole; `None` where the mailer documents none.
    fn tag(self, hole: Hole) -> Option<&'static str> {
        Some(match (self, hole) {
            (Self::Mailchimp, Hole::Unsubscribe) => "*|UNSUB|*",
            (Self::Mailchimp, Hole::Preferences) => "*|UPDATE_PROFILE|*",
            (Self::Mailchimp, Hole::WebCopy) => "*|ARCHIVE|*",
            (Self::Brevo, Hole::Unsubscribe) => "{{ unsubscribe }}",
            (Self::Brevo, Hole::Preferences) => "{{ update_profile }}",
            (Self::Brevo, Hole::WebCopy) => "{{ mirror }}",
            (Self::Dotdigital, Hole::Unsubscribe) => "http://$UNSUB$",
            // Where the account's preference centre is on, the same link leads there.
            (Self::Dotdigital, Hole::Preferences) => return None,
            (Self::Dotdigital, Hole::WebCopy) => "http://$CANTREAD$",
            (Self::Listmonk, Hole::Unsubscribe) => "{{ UnsubscribeURL }}",
            (Self::Listmonk, Hole::Preferences) => "{{ UnsubscribeURL }}?manage=true",
            (Self::Listmonk, Hole::WebCopy) => "{{ MessageURL }}",
        })
    }

    /// The address to render with where a hole is to be.
    pub fn hole(self, hole: Hole) -> Option<Href> {
        self.tag(hole).and_then(|_| Href::parse(hole.marker()).ok())
    }

    /// Whether the mailer prints the sender's postal address itself, at [`ADDRESS_HOLE`].
    pub fn has_address(self) -> bool {
        self == Self::Mailchimp
    }

    /// What begins a tag of the mailer, and what stands for it where no tag is meant.
    fn openings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Mailchimp => &[("*|", "&#42;|")],
            // Also the older form, as in [UNSUBSCRIBE].
            Self::Brevo => &[("{{", "&#123;&#123;"), ("{%", "&#123;%"), ("{#", "&#123;#"), ("[", "&#91;")],
            // Contact fields stand between @, system links between $.
            Self::Dotdigital => &[("@", "&#64;"), ("$", "&#36;"), ("{{", "&#123;&#123;"), ("{%", "&#123;%"), ("{#", "&#123;#")],
            Self::Listmonk => &[("{{", "&#123;&#123;"), ("@TrackLink", "&#64;TrackLink")],
        }
    }

    /// The HTML part for the mailer.
    pub fn html(self, html: &str) -> String {
        let mut html = self.without_tags(html);
        for hole in Hole::ALL {
            if let Some(tag) = self.tag(hole) {
                html = html.replace(hole.marker(), tag);
            }
        }
        match self {
            Self::Mailchimp => {
                html = html.replace(ADDRESS_HOLE, "*|LIST:ADDRESSLINE|*");
                html = instead(&html, ("<title>", "</title>"), |_| "*|MC:SUBJECT|*".to_owned());
                // The edition's own words where nobody wrote others in the campaign.
                instead(&html, (PREHEADER, "</div>"), |own| format!("*|IF:MC_PREVIEW_TEXT|**|MC_PREVIEW_TEXT|**|ELSE:|*{own}*|END:IF|*"))
            }
            Self::Listmonk => instead(&html, ("<title>", "</title>"), |_| "{{ .Campaign.Subject }}".to_owned()),
            Self::Brevo | Self::Dotdigital => html,
        }
    }

    /// The text part for the mailer. Only listmonk takes one. Text has no character references: braces are printed by a template,
    /// and a word that would turn a link into a counted one gets a space.
    pub fn text(self, text: &str) -> String {
        let mut text = match self {
            Self::Listmonk => text.replace("{{", "{{ `{{` }}").replace("@TrackLink", "@ TrackLink"),
            _ => text.to_owned(),
        };
        for hole in Hole::ALL {
            if let Some(tag) = self.tag(hole) {
                text = text.replace(hole.marker(), tag);
            }
        }
        text
    }

    /// A subject for the mailer.
    pub fn subject(self, subject: &str) -> String {
        self.text(subject)
    }

    /// HTML that shows the same and has nothing the mailer reads as a tag. Style sheets and comments stay as they are: no words of
    /// an edition are in them, and there a character reference would be no character.
    fn without_tags(self, html: &str) -> String {
        let mut out = String::with_capacity(html.len() + html.len() / 50);
        let mut rest = html;
        while !rest.is_empty() {
            if let Some(length) = verbatim(rest) {
                let kept = &rest[..length];
                // Go templates leave comments out, and with them what only Outlook reads; this keeps them.
                let is_for_go = self == Self::Listmonk && kept.starts_with("<!--") && !kept.contains('`');
                out.push_str(&if is_for_go { format!("{{{{ Safe `{kept}` }}}}") } else { kept.to_owned() });
                rest = &rest[length..];
            } else if let Some((opening, hidden)) = self.openings().iter().find(|(opening, _)| rest.starts_with(opening)) {
                out.push_str(hidden);
                rest = &rest[opening.len()..];
            } else {
                let length = rest.chars().next().map_or(0, char::len_utf8);
                out.push_str(&rest[..length]);
                rest = &rest[length..];
            }
        }
        out
    }
}

/// The hidden line of an HTML part, as words; empty where there is none.
pub fn preheader(html: &str) -> String {
    let line = html.split_once(PREHEADER).and_then(|(_, rest)| rest.split_once("</div>"));
    line.map(|(words, _)| mail_parser::decoders::html::html_to_text(words).trim().to_owned()).unwrap_or_default()
}

/// How long the comment or the style sheet is that `html` begins with. One without an end is words like others.
fn verbatim(html: &str) -> Option<usize> {
    let to = |end: &str| html.find(end).map(|at| at + end.len());
    if html.starts_with("<!--") {
        to("-->")
    } else if html.starts_with("<style") {
        to("</style>")
    } else {
        None
    }
}

/// `html` with something else between the first `begin` and the next `end`.
fn instead(html: &str, (begin, end): (&str, &str), what: impl Fn(&str) -> String) -> String {
    let Some((before, rest)) = html.split_once(begin) else { return html.to_owned() };
    let Some((own, behind)) = rest.split_once(end) else { return html.to_owned() };
    format!("{before}{begin}{}{end}{behind}", what(own))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAILERS: [Mailer; 4] = [Mailer::Mailchimp, Mailer::Brevo, Mailer::Dotdigital, Mailer::Listmonk];

    #[test]
    fn words_of_an_edition_are_no_tags() {
        let html = "<p title=\"*|FNAME|*\">*|UNSUB|* {{ contact.EMAIL }} {% if x %} [MIRROR] $UNSUB$ @FIRSTNAME@ https://a.example@TrackLink</p>";
        assert_eq!(
            Mailer::Mailchimp.html(html),
            "<p title=\"&#42;|FNAME|*\">&#42;|UNSUB|* {{ contact.EMAIL }} {% if x %} [MIRROR] $UNSUB$ @FIRSTNAME@ https://a.example@TrackLink</p>"
        );
        let brevo = Mailer::Brevo.html(html);
        assert!(brevo.contains("&#123;&#123; contact.EMAIL }} &#123;% if x %} &#91;MIRROR]"), "{brevo}");
        let dotdigital = Mailer::Dotdigital.html(html);
        assert!(dotdigital.contains("&#36;UNSUB&#36; &#64;FIRSTNAME&#64;"), "{dotdigital}");
        let listmonk = Mailer::Listmonk.html(html);
        assert!(listmonk.contains("&#123;&#123; contact.EMAIL }}") && listmonk.contains("https://a.example&#64;TrackLink"), "{listmonk}");
        assert_eq!(Mailer::Listmonk.text("{{ x }}"), "{{ `{{` }} x }}");
    }

    #[test]
    fn style_sheets_and_comments_stay() {
        let html = "<style>@media (x) { a { b:c }}</style><!--[if mso]>$@[<![endif]--><p>$</p>";
        assert_eq!(Mailer::Dotdigital.html(html), "<style>@media (x) { a { b:c }}</style><!--[if mso]>$@[<![endif]--><p>&#36;</p>");
        assert_eq!(Mailer::Listmonk.html(html), "<style>@media (x) { a { b:c }}</style>{{ Safe `<!--[if mso]>$@[<![endif]-->` }}<p>$</p>");
    }

    #[test]
    fn a_comment_without_an_end_hides_no_tag() {
        assert_eq!(Mailer::Listmonk.html("<!-- {{ a }}"), "<!-- &#123;&#123; a }}");
    }

    #[test]
    fn what_the_mailer_knows_is_its_own() {
        let html = format!("<title>T</title>{PREHEADER}Hello</div><a href=\"{}\">x</a> {ADDRESS_HOLE}", Hole::Unsubscribe.marker());
        assert_eq!(
            Mailer::Mailchimp.html(&html),
            format!(
                "<title>*|MC:SUBJECT|*</title>{PREHEADER}*|IF:MC_PREVIEW_TEXT|**|MC_PREVIEW_TEXT|**|ELSE:|*Hello*|END:IF|*</div>\
                 <a href=\"*|UNSUB|*\">x</a> *|LIST:ADDRESSLINE|*"
            )
        );
        assert_eq!(preheader(&html.replace("Hello", "Ash &amp; Elm")), "Ash & Elm");
        assert!(MAILERS.iter().all(|mailer| mailer.hole(Hole::Unsubscribe).is_some() && mailer.hole(Hole::WebCopy).is_some()));
    }

    proptest! {
        #[test]
        fn no_opening_is_left_whatever_is_there(text in "[*|{}%#\\[\\]$@A-Za-z <>!/=\"-]{0,120}") {
            for mailer in MAILERS {
                let html = mailer.without_tags(&text);
                let kept: String = {
                    let (mut rest, mut words) = (html.as_str(), String::new());
                    while let Some(first) = rest.chars().next() {
                        let is_verbatim = verbatim(rest);
                        words.push(if is_verbatim.is_some() { '\n' } else { first });
                        rest = &rest[is_verbatim.unwrap_or(first.len_utf8())..];
                    }
                    words
                };
                let kept = kept.replace("{{ Safe `\n` }}", "\n");
                for (opening, _) in mailer.openings() {
                    prop_assert!(!kept.contains(opening), "{mailer:?}: {kept}");
                }
            }
        }
    }
}
