//! The eight people of Tidewater.

use crate::accounts::Role;

/// Somebody of the team.
#[derive(Debug)]
pub(in crate::demo) struct Colleague {
    /// Name as they write it.
    pub name: &'static str,
    /// Address before the `@`.
    pub local: &'static str,
    /// Role.
    pub role: Role,
    /// IANA name.
    pub zone: &'static str,
}

const fn colleague(
    name: &'static str,
    local: &'static str,
    role: Role,
    zone: &'static str,
) -> Colleague {
    Colleague {
        name,
        local,
        role,
        zone,
    }
}

/// Domain of their addresses.
pub(in crate::demo) const DOMAIN: &str = "tidewater.example";

/// Everybody, the administrator first.
pub(in crate::demo) const TEAM: &[Colleague] = &[
    colleague("Tomasz Zieliński", "tomasz", Role::Admin, "Europe/Warsaw"),
    colleague("Marit Aune Solheim", "marit", Role::Manager, "Europe/Oslo"),
    colleague("Alma Reyes", "alma", Role::Sales, "Europe/Madrid"),
    colleague("Jonas Bergström", "jonas", Role::Sales, "Europe/Stockholm"),
    colleague("小林 健太", "kenta", Role::Sales, "Asia/Tokyo"),
    colleague("Priya Raman", "priya", Role::Support, "Asia/Kolkata"),
    colleague("Sade Okafor", "sade", Role::Marketing, "Africa/Lagos"),
    colleague("Helene Brandt", "helene", Role::ReadOnly, "Europe/Berlin"),
];

/// Places of the team that stories name.
pub(in crate::demo) const ALMA: usize = 2;
/// Sales, the north.
pub(in crate::demo) const JONAS: usize = 3;
/// Sales, the east.
pub(in crate::demo) const KENTA: usize = 4;
/// Support.
pub(in crate::demo) const PRIYA: usize = 5;
/// Marketing.
pub(in crate::demo) const SADE: usize = 6;

/// Who sells where.
pub(in crate::demo) fn seller(language: &str) -> usize {
    match language {
        "nb-NO" | "es-ES" | "es-CL" | "pt-PT" | "fr-FR" | "ar-AE" | "ar-EG" | "en-IE" | "en-GB"
        | "en-CA" | "en-GH" | "en-NG" => ALMA,
        "ja-JP" | "ko-KR" | "zh-CN" | "th-TH" | "vi-VN" | "hi-IN" => KENTA,
        _ => JONAS,
    }
}
