//! The tables as diesel sees them: hand-kept, portable types only, checked against both databases
//! by a test. `inbox` exists on PostgreSQL; SQLite keeps it in a file of its own.

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        payload -> Text,
        unique_key -> Nullable<Text>,
        priority -> BigInt,
        state -> Text,
        run_at -> BigInt,
        attempts -> BigInt,
        max_attempts -> BigInt,
        locked_by -> Nullable<Text>,
        locked_until -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        epoch -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    cursors (name) {
        name -> Text,
        position -> BigInt,
    }
}

diesel::table! {
    throttles (key) {
        key -> Text,
        window_start -> BigInt,
        n -> BigInt,
    }
}

diesel::table! {
    files (id) {
        id -> BigInt,
        key -> Text,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Nullable<Text>,
        language -> Text,
        time_zone -> Text,
        theme -> Text,
        avatar_file_id -> Nullable<BigInt>,
        totp_secret -> Nullable<Binary>,
        totp_enabled_at -> Nullable<BigInt>,
        totp_last_step -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        last_seen_at -> Nullable<BigInt>,
        deactivated_at -> Nullable<BigInt>,
        role_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    roles (id) {
        id -> BigInt,
        name -> Text,
        about -> Text,
        grants -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    teams (id) {
        id -> BigInt,
        name -> Text,
        parent_id -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    team_people (team_id, user_id) {
        team_id -> BigInt,
        user_id -> BigInt,
        is_lead -> Bool,
    }
}

diesel::table! {
    user_sessions (id) {
        id -> BigInt,
        user_id -> BigInt,
        token_hash -> Binary,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
        ip -> Text,
        user_agent -> Text,
    }
}

diesel::table! {
    recovery_codes (id) {
        id -> BigInt,
        user_id -> BigInt,
        code_hash -> Binary,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    user_tokens (id) {
        id -> BigInt,
        kind -> Text,
        token_hash -> Binary,
        user_id -> Nullable<BigInt>,
        email -> Text,
        role -> Nullable<Text>,
        created_by -> Nullable<BigInt>,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        role_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        prefix -> Text,
        key_hash -> Binary,
        scopes -> Text,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_entries (id) {
        id -> BigInt,
        at -> BigInt,
        user_id -> Nullable<BigInt>,
        actor -> Text,
        action -> Text,
        object_kind -> Nullable<Text>,
        object_id -> Nullable<BigInt>,
        detail -> Text,
        ip -> Nullable<Text>,
    }
}

diesel::table! {
    sources (id) {
        id -> BigInt,
        name -> Text,
        kind -> Text,
        write_key -> Text,
        old_write_key -> Nullable<Text>,
        old_key_until -> Nullable<BigInt>,
        is_enabled -> Bool,
        settings -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        is_verified -> Bool,
    }
}

diesel::table! {
    companies (id) {
        id -> BigInt,
        name -> Text,
        sort_name -> Text,
        external_id -> Nullable<Text>,
        owner_id -> Nullable<BigInt>,
        stage -> Text,
        industry -> Text,
        employees -> Nullable<BigInt>,
        phone -> Nullable<Text>,
        website -> Text,
        street -> Text,
        city -> Text,
        region -> Text,
        postal_code -> Text,
        country -> Text,
        source_id -> BigInt,
        created_by -> Nullable<BigInt>,
        revision -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        last_seen_at -> BigInt,
        merged_into -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
        parent_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    company_domains (domain) {
        domain -> Text,
        company_id -> BigInt,
        is_primary -> Bool,
    }
}

diesel::table! {
    contacts (id) {
        id -> BigInt,
        is_known -> Bool,
        is_person_owned -> Bool,
        name -> Text,
        sort_name -> Text,
        given_name -> Text,
        family_name -> Text,
        job_title -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        stage -> Text,
        owner_id -> Nullable<BigInt>,
        company_id -> Nullable<BigInt>,
        street -> Text,
        city -> Text,
        region -> Text,
        postal_code -> Text,
        country -> Text,
        time_zone -> Text,
        language -> Text,
        source_id -> BigInt,
        created_by -> Nullable<BigInt>,
        revision -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        last_seen_at -> BigInt,
        merged_into -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    company_people (id) {
        id -> BigInt,
        company_id -> BigInt,
        contact_id -> BigInt,
        role -> Text,
        is_primary -> Bool,
        started_on -> Nullable<BigInt>,
        ended_on -> Nullable<BigInt>,
        source_id -> BigInt,
    }
}

diesel::table! {
    identities (id) {
        id -> BigInt,
        contact_id -> BigInt,
        namespace -> Text,
        value -> Text,
        shown -> Text,
        label -> Text,
        is_primary -> Bool,
        is_shared -> Bool,
        source_id -> BigInt,
        created_at -> BigInt,
        first_seen_at -> BigInt,
        last_seen_at -> BigInt,
        event_count -> BigInt,
        page_count -> BigInt,
        session_count -> BigInt,
        first_touch -> Nullable<Text>,
        last_touch -> Nullable<Text>,
        device -> Nullable<Text>,
    }
}

diesel::table! {
    tags (id) {
        id -> BigInt,
        name -> Text,
        tone -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    contact_tags (contact_id, tag_id) {
        contact_id -> BigInt,
        tag_id -> BigInt,
    }
}

diesel::table! {
    company_tags (company_id, tag_id) {
        company_id -> BigInt,
        tag_id -> BigInt,
    }
}

diesel::table! {
    trait_keys (id) {
        id -> BigInt,
        object -> Text,
        key -> Text,
        label -> Text,
        is_declared -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    trait_values (identity_id, key_id, source_id) {
        identity_id -> BigInt,
        key_id -> BigInt,
        source_id -> BigInt,
        value -> Text,
        at -> BigInt,
        pinned_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    traits (contact_id, key_id) {
        contact_id -> BigInt,
        key_id -> BigInt,
        value -> Text,
        source_id -> BigInt,
        identity_id -> BigInt,
        at -> BigInt,
        is_pinned -> Bool,
    }
}

diesel::table! {
    fields (key_id) {
        key_id -> BigInt,
        kind -> Text,
        group_name -> Text,
        position -> BigInt,
        options -> Text,
        currency -> Text,
        is_required -> Bool,
        is_unique -> Bool,
        is_sensitive -> Bool,
        wanted_kind -> Nullable<Text>,
        faults -> Nullable<Text>,
        filled_at -> Nullable<BigInt>,
        created_by -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        retired_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    trait_rules (key_id) {
        key_id -> BigInt,
        rule -> Text,
        source_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    field_values (key_id, record_id, part) {
        key_id -> BigInt,
        record_id -> BigInt,
        part -> BigInt,
        number -> Nullable<Double>,
        text -> Nullable<Text>,
    }
}

diesel::table! {
    company_traits (company_id, key_id) {
        company_id -> BigInt,
        key_id -> BigInt,
        value -> Text,
        source_id -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    merges (id) {
        id -> BigInt,
        winner_id -> BigInt,
        loser_id -> BigInt,
        rule -> Text,
        evidence -> Text,
        actor_id -> Nullable<BigInt>,
        at -> BigInt,
        undone_at -> Nullable<BigInt>,
        undone_by -> Nullable<BigInt>,
        kind -> Text,
    }
}

diesel::table! {
    merge_moves (id) {
        id -> BigInt,
        merge_id -> BigInt,
        table_name -> Text,
        row_id -> BigInt,
        before -> Text,
        row_key -> Text,
        act -> Text,
    }
}

diesel::table! {
    no_merges (kind, a, b) {
        kind -> Text,
        a -> BigInt,
        b -> BigInt,
        actor_id -> Nullable<BigInt>,
        at -> BigInt,
    }
}

diesel::table! {
    duplicates (id) {
        id -> BigInt,
        kind -> Text,
        a -> BigInt,
        b -> BigInt,
        reason -> Text,
        confidence -> BigInt,
        evidence -> Text,
        state -> Text,
        at -> BigInt,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    activities (id) {
        id -> BigInt,
        kind -> Text,
        contact_id -> Nullable<BigInt>,
        company_id -> Nullable<BigInt>,
        deal_id -> Nullable<BigInt>,
        author_id -> Nullable<BigInt>,
        assignee_id -> Nullable<BigInt>,
        body -> Text,
        at -> BigInt,
        due_on -> Nullable<BigInt>,
        due_at -> Nullable<BigInt>,
        done_at -> Nullable<BigInt>,
        pinned_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    timeline_entries (id) {
        id -> BigInt,
        contact_id -> Nullable<BigInt>,
        company_id -> Nullable<BigInt>,
        deal_id -> Nullable<BigInt>,
        at -> BigInt,
        kind -> Text,
        actor_id -> Nullable<BigInt>,
        subject_id -> Nullable<BigInt>,
        data -> Text,
    }
}

diesel::table! {
    event_names (id) {
        id -> BigInt,
        kind -> Text,
        name -> Text,
    }
}

diesel::table! {
    events (id) {
        id -> BigInt,
        identity_id -> BigInt,
        name_id -> BigInt,
        source_id -> BigInt,
        session_id -> Nullable<BigInt>,
        at -> BigInt,
        original_at -> BigInt,
        sent_at -> Nullable<BigInt>,
        received_at -> BigInt,
        message_id -> Text,
        properties -> Text,
        context -> Text,
    }
}

diesel::table! {
    event_keys (key, event_id) {
        key -> BigInt,
        event_id -> BigInt,
    }
}

diesel::table! {
    event_days (identity_id, day, name_id) {
        identity_id -> BigInt,
        day -> BigInt,
        name_id -> BigInt,
        n -> BigInt,
        sum -> Double,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        identity_id -> BigInt,
        source_id -> BigInt,
        started_at -> BigInt,
        ended_at -> BigInt,
        event_count -> BigInt,
        page_count -> BigInt,
        entry -> Text,
        touch -> Nullable<Text>,
        device -> Nullable<Text>,
    }
}

diesel::table! {
    source_minutes (source_id, minute) {
        source_id -> BigInt,
        minute -> BigInt,
        accepted -> BigInt,
        stored -> BigInt,
        duplicates -> BigInt,
        quarantined -> BigInt,
        rejected -> BigInt,
    }
}

diesel::table! {
    source_rejections (source_id, day, reason) {
        source_id -> BigInt,
        day -> BigInt,
        reason -> Text,
        n -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    quarantine (id) {
        id -> BigInt,
        source_id -> BigInt,
        reason -> Text,
        detail -> Text,
        body -> Text,
        message_key -> BigInt,
        ip -> Text,
        user_agent -> Text,
        sent_at -> Nullable<BigInt>,
        received_at -> BigInt,
        state -> Text,
        resolved_at -> Nullable<BigInt>,
        resolved_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    pipelines (id) {
        id -> BigInt,
        name -> Text,
        position -> BigInt,
        is_default -> Bool,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    stages (id) {
        id -> BigInt,
        pipeline_id -> BigInt,
        name -> Text,
        position -> BigInt,
        kind -> Text,
        probability -> BigInt,
        rotting_days -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        removed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    deals (id) {
        id -> BigInt,
        pipeline_id -> BigInt,
        stage_id -> BigInt,
        stage_kind -> Text,
        title -> Text,
        amount -> Nullable<BigInt>,
        currency -> Text,
        sort_amount -> BigInt,
        closes_on -> Nullable<BigInt>,
        sort_closes -> BigInt,
        probability -> BigInt,
        manual_probability -> Nullable<BigInt>,
        owner_id -> Nullable<BigInt>,
        company_id -> Nullable<BigInt>,
        source -> Text,
        next_step -> Text,
        entered_at -> BigInt,
        closed_at -> Nullable<BigInt>,
        lost_reason -> Nullable<Text>,
        lost_note -> Text,
        created_by -> Nullable<BigInt>,
        revision -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    stage_totals (stage_id, owner_id, currency) {
        stage_id -> BigInt,
        owner_id -> BigInt,
        currency -> Text,
        n -> BigInt,
        amount -> BigInt,
        weighted -> BigInt,
    }
}

diesel::table! {
    stage_changes (id) {
        id -> BigInt,
        deal_id -> BigInt,
        from_id -> Nullable<BigInt>,
        to_id -> BigInt,
        at -> BigInt,
        spent -> BigInt,
        actor_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    deal_contacts (id) {
        id -> BigInt,
        deal_id -> BigInt,
        contact_id -> BigInt,
        role -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    inbox (id) {
        id -> BigInt,
        source_id -> BigInt,
        received_at -> BigInt,
        kind -> Text,
        ip -> Text,
        user_agent -> Text,
        body -> Binary,
    }
}

diesel::table! {
    topics (id) {
        id -> BigInt,
        name -> Text,
        description -> Text,
        is_archived -> Bool,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    consent_entries (id) {
        id -> BigInt,
        contact_id -> BigInt,
        topic_id -> BigInt,
        state -> Text,
        source -> Text,
        wording -> Text,
        actor_id -> Nullable<BigInt>,
        ip -> Text,
        agent -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    consents (id) {
        id -> BigInt,
        contact_id -> BigInt,
        topic_id -> BigInt,
        state -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    suppressions (address_hash) {
        address_hash -> Text,
        reason -> Text,
        note -> Text,
        actor_id -> Nullable<BigInt>,
        at -> BigInt,
    }
}

diesel::table! {
    views (id) {
        id -> BigInt,
        name -> Text,
        query -> Text,
        created_by -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        cols -> Text,
        sort -> Text,
        sharing -> Text,
        team_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    bulk_runs (id) {
        id -> BigInt,
        user_id -> BigInt,
        act -> Text,
        value -> Text,
        query -> Text,
        state -> Text,
        after_id -> BigInt,
        last_id -> BigInt,
        changed -> BigInt,
        kept -> BigInt,
        error -> Text,
        started_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    bulk_changes (run_id, contact_id) {
        run_id -> BigInt,
        contact_id -> BigInt,
        was -> Text,
    }
}

diesel::table! {
    view_pins (user_id, view_id) {
        user_id -> BigInt,
        view_id -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    templates (id) {
        id -> BigInt,
        name -> Text,
        subject -> Text,
        preheader -> Text,
        from_name -> Text,
        from_email -> Text,
        format -> Text,
        body -> Text,
        created_by -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    campaigns (id) {
        id -> BigInt,
        name -> Text,
        state -> Text,
        subject -> Text,
        preheader -> Text,
        from_name -> Text,
        from_email -> Text,
        format -> Text,
        body -> Text,
        view_id -> Nullable<BigInt>,
        topic_id -> Nullable<BigInt>,
        per_second -> BigInt,
        link_base -> Text,
        trouble -> Text,
        revision -> BigInt,
        scheduled_at -> Nullable<BigInt>,
        launched_at -> Nullable<BigInt>,
        launched_by -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>,
        created_by -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    campaign_tallies (campaign_id) {
        campaign_id -> BigInt,
        audience -> BigInt,
        without_address -> BigInt,
        recipients -> BigInt,
        skipped -> BigInt,
        no_consent -> BigInt,
        suppressed -> BigInt,
        cancelled -> BigInt,
        sent -> BigInt,
        failed -> BigInt,
        in_doubt -> BigInt,
        opened -> BigInt,
        clicked -> BigInt,
        machine_opened -> BigInt,
        machine_clicked -> BigInt,
        unsubscribed -> BigInt,
    }
}

diesel::table! {
    recipients (id) {
        id -> BigInt,
        campaign_id -> BigInt,
        contact_id -> BigInt,
        address -> Text,
        state -> Text,
        reason -> Text,
        attempts -> BigInt,
        next_attempt_at -> BigInt,
        claimed_by -> Text,
        claimed_until -> BigInt,
        sent_at -> Nullable<BigInt>,
        opened_at -> Nullable<BigInt>,
        clicked_at -> Nullable<BigInt>,
        machine_opened_at -> Nullable<BigInt>,
        machine_clicked_at -> Nullable<BigInt>,
        unsubscribed_at -> Nullable<BigInt>,
        opens -> BigInt,
        clicks -> BigInt,
    }
}

diesel::table! {
    campaign_hits (id) {
        id -> BigInt,
        recipient_id -> BigInt,
        position -> Nullable<BigInt>,
        url -> Text,
        sign -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    campaign_links (campaign_id, position, url) {
        campaign_id -> BigInt,
        position -> BigInt,
        url -> Text,
        clicks -> BigInt,
    }
}

diesel::table! {
    mailboxes (id) {
        id -> BigInt,
        address -> Text,
        name -> Text,
        sender_name -> Text,
        signature -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    tickets (id) {
        id -> BigInt,
        mailbox_id -> BigInt,
        subject -> Text,
        status -> Text,
        priority -> Text,
        channel -> Text,
        assignee_id -> Nullable<BigInt>,
        contact_id -> Nullable<BigInt>,
        company_id -> Nullable<BigInt>,
        preview -> Text,
        last_kind -> Text,
        message_count -> BigInt,
        last_message_id -> BigInt,
        last_at -> BigInt,
        first_reply_at -> Nullable<BigInt>,
        solved_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        follows_id -> Nullable<BigInt>,
        merged_into -> Nullable<BigInt>,
        created_by -> Nullable<BigInt>,
        revision -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    inbound_mails (id) {
        id -> BigInt,
        sha256 -> Text,
        mailbox_id -> BigInt,
        key -> Text,
        size -> BigInt,
        via -> Text,
        state -> Text,
        cause -> Text,
        from_shown -> Text,
        subject -> Text,
        ticket_id -> Nullable<BigInt>,
        tries -> BigInt,
        received_at -> BigInt,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    ticket_messages (id) {
        id -> BigInt,
        ticket_id -> BigInt,
        kind -> Text,
        automatic -> Text,
        contact_id -> Nullable<BigInt>,
        user_id -> Nullable<BigInt>,
        at -> BigInt,
        from_name -> Text,
        from_address -> Text,
        to_list -> Text,
        cc_list -> Text,
        subject -> Text,
        message_id -> Text,
        reply_to -> Text,
        text -> Text,
        html -> Nullable<Text>,
        why -> Text,
        inbound_id -> Nullable<BigInt>,
        mail_key -> Nullable<Text>,
        state -> Text,
        state_words -> Text,
        state_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    message_refs (reference, ticket_id) {
        reference -> Text,
        ticket_id -> BigInt,
    }
}

diesel::table! {
    ticket_files (id) {
        id -> BigInt,
        message_id -> BigInt,
        key -> Text,
        name -> Text,
        media_type -> Text,
        size -> BigInt,
        content_id -> Text,
    }
}

diesel::table! {
    ticket_changes (id) {
        id -> BigInt,
        ticket_id -> BigInt,
        at -> BigInt,
        user_id -> Nullable<BigInt>,
        field -> Text,
        from_value -> Text,
        to_value -> Text,
    }
}

diesel::table! {
    ticket_tags (ticket_id, tag_id) {
        ticket_id -> BigInt,
        tag_id -> BigInt,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        file_key -> Text,
        size -> BigInt,
        settings -> Text,
        state -> Text,
        position -> BigInt,
        bytes_read -> BigInt,
        created -> BigInt,
        updated -> BigInt,
        unchanged -> BigInt,
        duplicates -> BigInt,
        failed -> BigInt,
        kept -> BigInt,
        trouble -> Text,
        created_at -> BigInt,
        started_at -> Nullable<BigInt>,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    import_rows (import_id, line) {
        import_id -> BigInt,
        line -> BigInt,
        contact_id -> Nullable<BigInt>,
        outcome -> Text,
        reason -> Text,
        data -> Text,
        revision -> BigInt,
    }
}

diesel::table! {
    import_fixes (import_id, line, col) {
        import_id -> BigInt,
        line -> BigInt,
        col -> BigInt,
        value -> Text,
    }
}

diesel::table! {
    import_made (import_id, kind, row_id) {
        import_id -> BigInt,
        kind -> Text,
        row_id -> BigInt,
    }
}

diesel::table! {
    exports (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        format -> Text,
        ask -> Text,
        state -> Text,
        written -> BigInt,
        total -> Nullable<BigInt>,
        file_key -> Text,
        size -> BigInt,
        trouble -> Text,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    search_pieces (id) {
        id -> BigInt,
        piece -> Text,
        word -> Text,
    }
}

diesel::table! {
    recent_records (user_id, kind, record_id) {
        user_id -> BigInt,
        kind -> BigInt,
        record_id -> BigInt,
        at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    view_pins,
    bulk_runs,
    bulk_changes,
    settings,
    jobs,
    leases,
    cursors,
    throttles,
    files,
    users,
    user_sessions,
    recovery_codes,
    user_tokens,
    api_keys,
    audit_entries,
    sources,
    companies,
    company_domains,
    contacts,
    company_people,
    identities,
    tags,
    contact_tags,
    company_tags,
    trait_keys,
    trait_values,
    traits,
    fields,
    trait_rules,
    field_values,
    company_traits,
    merges,
    merge_moves,
    no_merges,
    duplicates,
    activities,
    timeline_entries,
    event_names,
    events,
    event_keys,
    event_days,
    sessions,
    source_minutes,
    source_rejections,
    quarantine,
    pipelines,
    stages,
    deals,
    stage_totals,
    stage_changes,
    deal_contacts,
    inbox,
    topics,
    consent_entries,
    consents,
    suppressions,
    views,
    templates,
    campaigns,
    campaign_tallies,
    recipients,
    campaign_hits,
    campaign_links,
    mailboxes,
    tickets,
    inbound_mails,
    ticket_messages,
    message_refs,
    ticket_files,
    ticket_changes,
    ticket_tags,
    imports,
    import_rows,
    import_fixes,
    import_made,
    exports,
    roles,
    teams,
    team_people,
    search_pieces,
    recent_records,
);
