//! What GOV.UK's document types are, and which of a digest's categories they suggest.
//!
//! The facts are those of `alphagov/govuk_document_types` (MIT), `data/supertypes.yml`: the groups
//! `content_purpose_supergroup` and `content_purpose_subgroup`. A type that is in neither has supergroup and subgroup "other".

/// What a document type belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// `research_and_statistics`, `policy_and_engagement`, …
    pub supergroup: &'static str,
    /// `statistics`, `policy`, …
    pub subgroup: &'static str,
}

/// What a type is that no group has.
pub const OTHER: Purpose = Purpose { supergroup: "other", subgroup: "other" };

/// A category of the sample taxonomy that a type suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Research, statistics, reports.
    Reports,
    /// Policy and what is asked and answered about it.
    Briefings,
    /// What people work by.
    ToolsAndGuidance,
}

impl Category {
    /// Its name in the sample taxonomy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reports => "Reports",
            Self::Briefings => "Briefings",
            Self::ToolsAndGuidance => "Tools and guidance",
        }
    }
}

/// Supergroup, subgroup, and the document types in it.
#[rustfmt::skip]
const GROUPS: [(&str, &str, &[&str]); 16] = [
    ("news_and_communications", "updates_and_alerts", &["medical_safety_alert", "drug_safety_update"]),
    ("news_and_communications", "news", &["case_study", "news_story", "press_release", "world_news_story", "fatality_notice"]),
    ("news_and_communications", "decisions", &["tax_tribunal_decision", "utaac_decision", "asylum_support_decision", "employment_appeal_tribunal_decision", "employment_tribunal_decision", "service_standard_report", "cma_case", "decision"]),
    ("news_and_communications", "speeches_and_statements", &["oral_statement", "written_statement", "authored_article", "correspondence", "speech", "government_response"]),
    ("services", "transactions", &["completed_transaction", "local_transaction", "form", "smart_answer", "simple_smart_answer", "place", "licence", "step_by_step_nav", "transaction", "answer", "guide"]),
    ("guidance_and_regulation", "regulation", &["regulation", "statutory_instrument"]),
    ("guidance_and_regulation", "guidance", &["detailed_guide", "manual", "manual_section", "guidance", "map", "calendar", "statutory_guidance", "notice", "international_treaty", "travel_advice", "promotional", "hmrc_manual", "standard"]),
    ("guidance_and_regulation", "business_support", &["international_development_fund", "countryside_stewardship_grant", "esi_fund", "business_finance_support_scheme"]),
    ("policy_and_engagement", "policy", &["impact_assessment", "policy_paper"]),
    ("policy_and_engagement", "consultations", &["open_consultation", "closed_consultation", "consultation_outcome"]),
    ("policy_and_engagement", "calls_for_evidence", &["open_call_for_evidence", "closed_call_for_evidence", "call_for_evidence_outcome"]),
    ("research_and_statistics", "research", &["independent_report", "research"]),
    ("research_and_statistics", "statistics", &["statistics", "national_statistics", "statistics_announcement", "national_statistics_announcement", "official_statistics_announcement", "statistical_data_set", "official_statistics"]),
    ("transparency", "transparency_data", &["transparency", "corporate_report"]),
    ("transparency", "freedom_of_information_releases", &["foi_release"]),
    ("transparency", "incidents", &["aaib_report", "raib_report", "maib_report"]),
];

/// What feeds print for a type, where that is not the type's own name with spaces.
const PRINTED: [(&str, &str); 8] = [
    ("research_and_analysis", "research"),
    ("transparency_data", "transparency"),
    ("promotional_material", "promotional"),
    ("accredited_official_statistics", "national_statistics"),
    ("official_statistics_in_development", "official_statistics"),
    ("statistical_dataset", "statistical_data_set"),
    ("call_for_evidence", "open_call_for_evidence"),
    ("consultation", "open_consultation"),
];

/// What a document type is, by its name in the API (`policy_paper`).
pub fn purpose(document_type: &str) -> Purpose {
    let group = GROUPS.iter().find(|(_, _, types)| types.contains(&document_type));
    group.map_or(OTHER, |(supergroup, subgroup, _)| Purpose { supergroup, subgroup })
}

/// The category that a record's word for what it is suggests: GOV.UK's types by their names or as printed ("Policy paper"), and
/// the types of Crossref. `None` for news, services and what is not known.
///
/// ```
/// use pulse_triage::types::{Category, category};
/// assert_eq!(category("Research and analysis"), Some(Category::Reports));
/// assert_eq!(category("statutory_guidance"), Some(Category::ToolsAndGuidance));
/// assert_eq!(category("press_release"), None);
/// ```
pub fn category(document_type: &str) -> Option<Category> {
    let name = document_type.trim().to_lowercase().replace([' ', '-'], "_");
    let name = PRINTED.iter().find(|(printed, _)| *printed == name).map_or(name.as_str(), |(_, own)| own);
    match (purpose(name).subgroup, name) {
        (_, "form" | "document_collection") => Some(Category::ToolsAndGuidance),
        (_, "government_response") => Some(Category::Briefings),
        // An announcement says when statistics will come out.
        (_, "statistics_announcement" | "national_statistics_announcement" | "official_statistics_announcement") => None,
        ("research" | "statistics" | "incidents" | "transparency_data", _) => Some(Category::Reports),
        ("policy" | "consultations" | "calls_for_evidence", _) => Some(Category::Briefings),
        ("guidance" | "regulation" | "business_support", _) => Some(Category::ToolsAndGuidance),
        (_, "report" | "journal_article" | "posted_content" | "monograph" | "dissertation" | "report_component" | "review_article") => Some(Category::Reports),
        _ => None,
    }
}
