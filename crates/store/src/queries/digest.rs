//! Digests: one row each, their taxonomy, and the publishers they name.

use pulse_model::digest::{Desk, Digest, Footer, HouseStyle, ImportProfile, Masthead, Opening, Sender, TaxonomySector};
use pulse_model::{Publisher, Slug};
use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::rows::{from_json, json, parsed};
use crate::{DigestId, StoreError, names};

use super::dialect::{self, Answer, Connection, Connections};
use super::publisher;

/// What the column `settings` holds. The version rises when a field changes its meaning.
#[derive(Serialize, Deserialize)]
struct Settings {
    version: u32,
    masthead: Masthead,
    footer: Footer,
    #[serde(default)]
    sender: Sender,
    house_style: HouseStyle,
    import: ImportProfile,
    #[serde(default)]
    desk: Desk,
    #[serde(default)]
    opening: Opening,
}

const SETTINGS_VERSION: u32 = 1;

pub(crate) async fn put(db: &Connections, digest: &Digest, now: i64) -> Answer<DigestId> {
    let settings = json("the settings of a digest", &Settings::of(digest))?;
    let mut tx = db.begin_write().await?;
    let mut ids = Ids::at(now);
    let id: String = sqlx::query_scalar(
        "INSERT INTO digest (id, slug, name, tagline, organisation, language, settings, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) \
         ON CONFLICT (slug) DO UPDATE SET name = excluded.name, tagline = excluded.tagline, organisation = excluded.organisation, \
         language = excluded.language, settings = excluded.settings, updated_at = excluded.updated_at RETURNING id",
    )
    .bind(ids.make().to_string())
    .bind(digest.slug.as_str())
    .bind(&digest.name)
    .bind(&digest.tagline)
    .bind(&digest.organisation)
    .bind(&digest.language)
    .bind(settings)
    .bind(now)
    .fetch_one(&mut *tx)
    .await?;
    put_taxonomy(&mut tx, &id, &digest.sectors, &mut ids).await?;
    put_publishers(&mut tx, &id, &digest.publishers, &mut ids, now).await?;
    tx.commit().await?;
    Ok(DigestId(parsed("digest", "id", &id, &id)?))
}

pub(crate) async fn get(db: &Connections, slug: &Slug) -> Answer<Option<Digest>> {
    let mut tx = db.begin_read().await?;
    let sql = "SELECT id, slug, name, tagline, organisation, language, settings FROM digest WHERE slug = $1";
    match sqlx::query_as(sql).bind(slug.as_str()).fetch_optional(&mut *tx).await? {
        Some(row) => Ok(Some(read(&mut tx, row).await?)),
        None => Ok(None),
    }
}

/// By slug.
pub(crate) async fn list(db: &Connections) -> Answer<Vec<Digest>> {
    let mut tx = db.begin_read().await?;
    let sql = "SELECT id, slug, name, tagline, organisation, language, settings FROM digest";
    let rows: Vec<DigestRow> = sqlx::query_as(sql).fetch_all(&mut *tx).await?;
    let mut digests = Vec::with_capacity(rows.len());
    for row in rows {
        digests.push(read(&mut tx, row).await?);
    }
    digests.sort_by(|a, b| a.slug.cmp(&b.slug));
    Ok(digests)
}

/// The id of the digest with this slug.
pub(crate) async fn find_id(db: &Connections, slug: &Slug) -> Answer<DigestId> {
    let mut tx = db.begin_read().await?;
    let id = id(&mut tx, slug).await?;
    Ok(DigestId(parsed("digest", "id", &id, &id)?))
}

/// The id of a digest.
pub(crate) async fn id(connection: &mut Connection, slug: &Slug) -> Answer<String> {
    let id = sqlx::query_scalar("SELECT id FROM digest WHERE slug = $1").bind(slug.as_str()).fetch_optional(connection).await?;
    id.ok_or_else(|| StoreError::NoDigest { slug: slug.clone() }.into())
}

/// The id of a digest whose row no other node changes until the transaction ends. Everyone who saves an edition of it
/// takes this lock first, so that two nodes cannot both create the same edition.
pub(crate) async fn lock(connection: &mut Connection, slug: &Slug) -> Answer<String> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT id FROM digest WHERE slug = $1{}", dialect::FOR_UPDATE));
    let id = sqlx::query_scalar(sql).bind(slug.as_str()).fetch_optional(connection).await?;
    id.ok_or_else(|| StoreError::NoDigest { slug: slug.clone() }.into())
}

impl Settings {
    fn of(digest: &Digest) -> Self {
        Self {
            version: SETTINGS_VERSION,
            masthead: digest.masthead.clone(),
            footer: digest.footer.clone(),
            sender: digest.sender.clone(),
            house_style: digest.house_style.clone(),
            import: digest.import.clone(),
            desk: digest.desk.clone(),
            opening: digest.opening.clone(),
        }
    }
}

/// Id, slug, name, tagline, organisation, language, settings.
type DigestRow = (String, String, String, String, String, String, String);

async fn read(connection: &mut Connection, (id, slug, name, tagline, organisation, language, settings): DigestRow) -> Answer<Digest> {
    let settings: Settings = from_json("digest", "settings", &slug, &settings)?;
    let sectors = taxonomy(connection, &id).await?;
    let mut taxonomy = Vec::with_capacity(sectors.len());
    for sector in sectors {
        let also = from_json("sector", "also", &sector.id, &sector.also)?;
        let categories = sector.categories.into_iter().map(|(_, name)| name).collect();
        taxonomy.push(TaxonomySector { name: sector.name, also, categories });
    }
    Ok(Digest {
        publishers: publishers(connection, &id).await?,
        slug: parsed("digest", "slug", &id, &slug)?,
        name,
        tagline,
        organisation,
        language,
        masthead: settings.masthead,
        footer: settings.footer,
        sender: settings.sender,
        house_style: settings.house_style,
        sectors: taxonomy,
        import: settings.import,
        desk: settings.desk,
        opening: settings.opening,
    })
}

/// A sector with its categories (id, name), in order.
struct SectorRow {
    id: String,
    name: String,
    also: String,
    categories: Vec<(String, String)>,
}

async fn taxonomy(connection: &mut Connection, digest_id: &str) -> Answer<Vec<SectorRow>> {
    let sql = "SELECT id, name, also FROM sector WHERE digest_id = $1 ORDER BY position, id";
    let rows: Vec<(String, String, String)> = sqlx::query_as(sql).bind(digest_id).fetch_all(&mut *connection).await?;
    let mut sectors = Vec::with_capacity(rows.len());
    for (id, name, also) in rows {
        let sql = "SELECT id, name FROM category WHERE sector_id = $1 ORDER BY position, id";
        let categories = sqlx::query_as(sql).bind(&id).fetch_all(&mut *connection).await?;
        sectors.push(SectorRow { id, name, also, categories });
    }
    Ok(sectors)
}

/// Sectors and categories that keep their name, or a name the new taxonomy still knows, keep their id.
async fn put_taxonomy(connection: &mut Connection, digest_id: &str, sectors: &[TaxonomySector], ids: &mut Ids) -> Answer<()> {
    let mut old = taxonomy(connection, digest_id).await?;
    for (position, sector) in (0_i64..).zip(sectors) {
        let is_it = |row: &SectorRow| std::iter::once(&sector.name).chain(&sector.also).any(|name| names::key(name) == names::key(&row.name));
        let known = old.iter().position(is_it).map(|at| old.remove(at));
        let (id, mut categories) = known.map_or_else(|| (ids.make().to_string(), Vec::new()), |row| (row.id, row.categories));
        sqlx::query(
            "INSERT INTO sector (id, digest_id, position, name, also) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name, also = excluded.also",
        )
        .bind(&id)
        .bind(digest_id)
        .bind(position)
        .bind(&sector.name)
        .bind(json("the names of a sector", &sector.also)?)
        .execute(&mut *connection)
        .await?;
        put_categories(connection, &id, &sector.categories, &mut categories, ids).await?;
    }
    for row in old {
        sqlx::query("DELETE FROM sector WHERE id = $1").bind(row.id).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn put_categories(connection: &mut Connection, sector_id: &str, categories: &[String], old: &mut Vec<(String, String)>, ids: &mut Ids) -> Answer<()> {
    for (position, name) in (0_i64..).zip(categories) {
        let known = old.iter().position(|(_, old)| names::key(old) == names::key(name)).map(|at| old.remove(at).0);
        sqlx::query(
            "INSERT INTO category (id, sector_id, position, name) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name",
        )
        .bind(known.unwrap_or_else(|| ids.make().to_string()))
        .bind(sector_id)
        .bind(position)
        .bind(name)
        .execute(&mut *connection)
        .await?;
    }
    for (id, _) in old {
        sqlx::query("DELETE FROM category WHERE id = $1").bind(&*id).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn publishers(connection: &mut Connection, digest_id: &str) -> Answer<Vec<Publisher>> {
    let sql = "SELECT publisher_id FROM digest_publisher WHERE digest_id = $1 ORDER BY position";
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(digest_id).fetch_all(&mut *connection).await?;
    let mut publishers = Vec::with_capacity(ids.len());
    for id in ids {
        publishers.push(publisher::one(connection, &id).await?.1);
    }
    Ok(publishers)
}

async fn put_publishers(connection: &mut Connection, digest_id: &str, publishers: &[Publisher], ids: &mut Ids, now: i64) -> Answer<()> {
    dialect::lock_register(connection).await?;
    let taken = publisher::take_in(connection, publishers, ids, now).await?;
    sqlx::query("DELETE FROM digest_publisher WHERE digest_id = $1").bind(digest_id).execute(&mut *connection).await?;
    let rows: Vec<(i64, String)> = (0..).zip(taken).collect();
    super::insert::insert(connection, "INSERT INTO digest_publisher (digest_id, position, publisher_id) ", &rows, |values, (position, id)| {
        values.push_bind(digest_id.to_owned()).push_bind(position).push_bind(id);
    })
    .await
}
